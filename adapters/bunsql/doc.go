// Package bunsql keeps everything in the tables of Django, DRF's authtoken,
// django-allauth and simplejwt, and what those have no place for in tables of
// its own, whose names begin with "latchkey_".
//
// Rows are written as Django writes them, byte for byte where it matters, so
// that Django can run on the same database, before, beside or after this
// service. What is particular to a kind of database stands in the files named
// after it, as a dialect; another kind needs a dialect and migrations of its own.
//
// Every value reaches the database as a bound parameter. bun alone would write
// it into the SQL text, where passwords' hashes and tokens end up in logs, and
// would make the database plan each statement anew.
package bunsql
