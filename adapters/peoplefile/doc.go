// Package peoplefile reads and writes people as files: CSV with a header row, and
// JSON Lines with the same names.
//
// Only the shape is judged here; what a name or an address may be is the
// activity's business. A file is read as a stream, and no record may be longer than
// 1 MiB: a quote that is never closed must not fill the memory. No error repeats a
// value, for the wrong column may hold a password.
package peoplefile
