// Package postgres gives tests databases on a PostgreSQL server of their own: it
// starts one from the server's programs, where those are installed, for each test
// binary that asks, without a port and with nothing kept on the disk.
package postgres
