// Package inmemory keeps everything in the memory of the process: the reference
// implementation of the storage ports, for tests and for reading what a port
// promises without a database in the way.
//
// A Store is the database; NewAccounts, NewAddresses and their like are views of
// it. Limits stands alone, because a service also counts in memory what need not
// survive a restart.
package inmemory
