// Package housekeeping removes what has expired: sessions, refresh tokens and
// their families, and mails that were given up long ago. It deletes in small
// batches with pauses, so that nobody who writes has to wait.
package housekeeping
