// Package inspection judges what is stored, and what the service leans on: whether a
// database can be adopted, and whether anything needs an operator. What it finds are
// sentences, each with what to do; none of them holds a secret, a name or an address.
package inspection
