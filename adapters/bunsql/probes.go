package bunsql

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"latchkey/application/ports"
)

// Probes look after the database: whether it takes changes, and whether its tables are
// those that this program knows.
func (db *DB) Probes() []ports.Probe {
	return []ports.Probe{
		ports.ProbeFunc("database", db.writable),
		ports.ProbeFunc("migrations", db.current),
	}
}

// longAgo is the time of attempts that count nowhere.
var longAgo = djangoTime{time.Unix(0, 0).UTC()}

// writable writes: a full disk, and a standby, answer every question. The row is an
// attempt that has expired, which the next one clears away. Its key is nobody else's, so that
// an instance which freezes here keeps no other waiting.
func (db *DB) writable(ctx context.Context) error {
	return db.inTx(ctx, func(ctx context.Context) error {
		if _, err := db.write(ctx, db.queries.expiredAttempts, longAgo, sweepRows).Exec(ctx); err != nil {
			return fmt.Errorf("bunsql: prune probes: %w", err)
		}
		if _, err := db.write(ctx, storeTimes, digest(rand.Text()), "", longAgo, "").Exec(ctx); err != nil {
			return fmt.Errorf("bunsql: probe: %w", err)
		}
		return nil
	})
}

// current fails when migrations of this program have not run: somebody has put an older
// copy of the database in its place. Whether an outage hides that is not known.
func (db *DB) current(ctx context.Context) error {
	version, err := db.version(ctx, map[string]bool{migrationTable: true})
	if errors.Is(err, ports.ErrUnavailable) {
		return nil
	}
	if err != nil {
		return err
	}
	scripts, err := db.scripts()
	if err != nil {
		return err
	}
	if newest := scripts[len(scripts)-1].version; version < newest {
		return fmt.Errorf("bunsql: the tables are at version %d of %d", version, newest)
	}
	return nil
}
