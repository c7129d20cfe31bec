// Package recovery gives people back an account whose password they forgot: a
// link is mailed to the account's address, and whoever holds it sets a new
// password, once.
package recovery
