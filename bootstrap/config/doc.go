// Package config reads the settings of the service and judges them before
// anything starts.
//
// One table (see Describe) holds every setting: its name, its default, what it
// means, how its text becomes a typed value and how that value is written
// again. Load, the printed configuration and the README's tables all follow it.
// Load reports every problem at once and returns no half-read Config: a service
// that guards passwords must not run on a setting that it did not understand.
package config
