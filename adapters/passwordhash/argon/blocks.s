// Functions without a body need a file of this kind in their package.
