// Package bootstrap assembles the service. It is the only production package
// that knows fx: constructors everywhere else are plain functions.
//
// New is the whole service; extend.go has what other teams change it with.
package bootstrap
