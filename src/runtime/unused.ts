// Stands in for packages that the tokenizers' package names in its imports but that are never called here.
export default {};
