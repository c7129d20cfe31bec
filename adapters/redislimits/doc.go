// Package redislimits counts attempts in Redis or Valkey, so that all instances of
// the service count together and no attempt costs a write in the database.
//
// Each key has a sorted set of the times of its attempts, in microseconds, under a
// digest. One script decides and records, and Redis runs one script at a time: however
// many instances ask at the same moment, no more than the limit allows get through. A set
// holds no more than its limit and expires with its window.
//
// It belongs to no transaction of the database. While Redis cannot be reached nothing
// is allowed.
package redislimits
