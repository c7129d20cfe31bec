// Package selfservice lets signed-in people see and change what is theirs: their
// profile and their password.
package selfservice
