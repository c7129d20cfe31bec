// Package system gives the service its time and its randomness.
package system
