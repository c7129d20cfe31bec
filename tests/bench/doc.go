// Package bench measures what depends on how many accounts there are: the same
// look-ups and writes on databases of several sizes.
package bench
