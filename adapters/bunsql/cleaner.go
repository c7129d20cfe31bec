package bunsql

import (
	"context"
	"fmt"
	"time"

	"latchkey/application/ports"
)

// Cleaner deletes what has expired: from django_session, the tables of
// simplejwt's blacklist app, latchkey_family, latchkey_outbox, latchkey_attempts,
// latchkey_pending_factor, latchkey_known_device and those of passkeys that are not Django's.
type Cleaner struct{ db *DB }

var _ ports.Cleaner = (*Cleaner)(nil)

// NewCleaner returns the cleaner of the database.
func NewCleaner(db *DB) *Cleaner { return &Cleaner{db: db} }

const (
	// sweepRows is how many rows are deleted at once. A hundred take a few
	// milliseconds, and everybody who wants to write waits that long.
	sweepRows = 100
	// sweepPause lets others write between two sweeps. Another process asks for
	// the right to write again and again and is not told when it is free: it
	// would not find the moment.
	sweepPause = 10 * time.Millisecond
)

// deviceMemory is how long a device is remembered after it was last seen.
const deviceMemory = 400 * 24 * time.Hour

// sweep deletes at most room rows of one kind, in one short transaction, and
// returns how many: fewer than room when no more are left.
type sweep func(ctx context.Context, room int) (int, error)

// Clean deletes at most limit rows that can never count again, and returns how many.
// A token that is taken for some time after its end (LEEWAY) counts until then:
// the caller hands in a now that is earlier by as much. Called in a transaction it
// deletes in that one, and nobody else writes until it ends.
func (c *Cleaner) Clean(ctx context.Context, now, buried time.Time, limit int) (int, error) {
	if _, err := c.db.write(ctx, hastenMessages, djangoTime{now}, djangoTime{now.Add(ports.OutboxHorizon)}).Exec(ctx); err != nil {
		return 0, fmt.Errorf("bunsql: hasten messages: %w", err)
	}
	total := 0
	for _, sweep := range []sweep{
		c.deleting(c.db.queries.expiredSessions, now), c.expiredTokens(now), c.deleting(c.db.queries.expiredFamilies, now),
		c.orphanedFamilies, c.deleting(c.db.queries.deadMessages, buried), c.deleting(c.db.queries.expiredAttempts, now),
		c.deleting(c.db.queries.expiredChallenges, now), c.orphaned(orphanedFlags), c.orphaned(orphanedHandles),
		c.deleting(c.db.queries.expiredPending, now), c.deleting(c.db.queries.unseenDevices, now.Add(-deviceMemory)),
	} {
		deleted, err := repeat(ctx, sweep, limit-total)
		total += deleted
		if err != nil {
			return total, fmt.Errorf("bunsql: clean: %w", err)
		}
	}
	return total, nil
}

// repeat sweeps until nothing is left or limit rows are deleted.
func repeat(ctx context.Context, sweep sweep, limit int) (total int, err error) {
	for total < limit {
		room := min(sweepRows, limit-total)
		deleted, err := sweep(ctx, room)
		total += deleted
		if err != nil || deleted < room {
			return total, err
		}
		select {
		case <-ctx.Done():
			return total, ctx.Err()
		case <-time.After(sweepPause):
		}
	}
	return total, nil
}

const hastenMessages = `UPDATE latchkey_outbox SET due = $1 WHERE dead_at IS NULL AND due > $2`

const selectLostAccounts = `SELECT DISTINCT account_id FROM latchkey_family AS f
		WHERE account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM auth_user WHERE id = f.account_id) LIMIT $1`

// orphanRows are the rows of passkeys and accounts that are gone, found by lost and
// deleted by their number, unless that is there after all.
type orphanRows struct{ lost, delete string }

var (
	orphanedFlags = orphanRows{
		lost: `SELECT credential_id FROM latchkey_passkey AS p
			WHERE NOT EXISTS (SELECT 1 FROM passkeys_webauthncredential WHERE id = p.credential_id) LIMIT $1`,
		delete: `DELETE FROM latchkey_passkey WHERE credential_id = $1
			AND NOT EXISTS (SELECT 1 FROM passkeys_webauthncredential WHERE id = $1)`,
	}
	orphanedHandles = orphanRows{
		lost: `SELECT account_id FROM latchkey_passkey_handle AS h
			WHERE NOT EXISTS (SELECT 1 FROM auth_user WHERE id = h.account_id) LIMIT $1`,
		delete: `DELETE FROM latchkey_passkey_handle WHERE account_id = $1
			AND NOT EXISTS (SELECT 1 FROM auth_user WHERE id = $1)`,
	}
)

// orphaned returns the sweep over rows. It looks for them as a reader, which holds nobody up.
func (c *Cleaner) orphaned(rows orphanRows) sweep {
	return func(ctx context.Context, room int) (total int, err error) {
		var lost []int64
		if err := c.db.read(ctx, rows.lost, room).Scan(ctx, &lost); err != nil {
			return 0, err
		}
		for _, number := range lost {
			deleted, err := c.delete(ctx, rows.delete, number)
			total += deleted
			if err != nil {
				return total, err
			}
		}
		return total, nil
	}
}

// deleting returns the sweep that runs query with a time and the room.
func (c *Cleaner) deleting(query string, before time.Time) sweep {
	return func(ctx context.Context, room int) (int, error) {
		return c.delete(ctx, query, djangoTime{before}, room)
	}
}

func (c *Cleaner) delete(ctx context.Context, query string, args ...any) (int, error) {
	result, err := c.db.write(ctx, query, args...).Exec(ctx)
	if err != nil {
		return 0, err
	}
	deleted, err := result.RowsAffected()
	return int(deleted), err
}

// expiredTokens returns the sweep over refresh tokens. Of the oldest tokens it
// deletes the rows that revoke them first, and then as many of the tokens
// as there is room for: all those have lost theirs.
func (c *Cleaner) expiredTokens(now time.Time) sweep {
	return func(ctx context.Context, room int) (total int, err error) {
		err = c.db.inTx(ctx, func(ctx context.Context) error {
			// Two at once would not agree on which tokens are the oldest.
			if err := c.db.hold(ctx, heldTable, "token_blacklist_outstandingtoken"); err != nil {
				return err
			}
			blacklisted, err := c.delete(ctx, c.db.queries.expiredBlacklisted, djangoTime{now}, room)
			if err != nil {
				return err
			}
			outstanding, err := c.delete(ctx, c.db.queries.expiredOutstanding, djangoTime{now}, room-blacklisted)
			total = blacklisted + outstanding
			return err
		})
		if err != nil {
			return 0, err
		}
		return total, nil
	}
}

// orphanedFamilies deletes families of accounts that are gone. It looks for them
// as a reader: that takes longer with every family, and holds nobody up.
func (c *Cleaner) orphanedFamilies(ctx context.Context, room int) (total int, err error) {
	var lost []int64
	if err := c.db.read(ctx, selectLostAccounts, room).Scan(ctx, &lost); err != nil {
		return 0, err
	}
	for _, account := range lost {
		deleted, err := c.delete(ctx, c.db.queries.orphanedFamilies, account, room-total)
		total += deleted
		if err != nil || total >= room {
			return total, err
		}
	}
	return total, nil
}
