// Package architecture holds the tests that keep the shape of the house: who
// may import whom, what lies where, that everything exported is explained, and
// that nothing is committed that does not belong there. The lint configuration
// (golangci.yml) lies beside them.
//
// Each rule is a function of plain values or of an fs.FS. One test applies it
// to the repository, another feeds it offences and demands that it bites.
package architecture
