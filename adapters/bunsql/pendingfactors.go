package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/factors"
)

// PendingFactors keeps what waits for a code in latchkey_pending_factor.
type PendingFactors struct{ db *DB }

var _ ports.PendingFactors = (*PendingFactors)(nil)

// NewPendingFactors returns what waits in the database.
func NewPendingFactors(db *DB) *PendingFactors { return &PendingFactors{db: db} }

// pendingRow is a row of latchkey_pending_factor.
type pendingRow struct {
	AccountID int64      `bun:"account_id"`
	Purpose   string     `bun:"purpose"`
	Backend   string     `bun:"backend"`
	Standing  string     `bun:"standing"`
	Failed    int        `bun:"failed"`
	Expires   djangoTime `bun:"expires"`
}

const (
	insertPending = `INSERT INTO latchkey_pending_factor (digest, account_id, purpose, backend, standing, failed, expires)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`
	prunePending = `DELETE FROM latchkey_pending_factor WHERE account_id = $1 AND purpose = $2 AND id NOT IN (
		SELECT id FROM latchkey_pending_factor WHERE account_id = $1 AND purpose = $2 ORDER BY id DESC LIMIT $3)`
	selectPending = `SELECT account_id, purpose, backend, standing, failed, expires FROM latchkey_pending_factor
		WHERE digest = $1 AND expires > $2`
	takePending = `DELETE FROM latchkey_pending_factor WHERE digest = $1 AND expires > $2`
	failPending = `UPDATE latchkey_pending_factor SET failed = failed + 1 WHERE digest = $1`
	endPending  = `DELETE FROM latchkey_pending_factor WHERE digest = $1 AND failed >= $2`
)

// heldPending is the pending factors of an account: two who put one at once must not
// leave more than are kept.
const heldPending held = "pending factors of account"

// Put stores what waits, and ends the oldest beyond keep.
func (p *PendingFactors) Put(ctx context.Context, pending factors.Pending, keep int) error {
	return p.db.inTx(ctx, func(ctx context.Context) error {
		account, purpose := int64(pending.Account), string(pending.Purpose)
		if err := p.db.hold(ctx, heldPending, strconv.FormatInt(account, 10)); err != nil {
			return err
		}
		_, err := p.db.write(ctx, insertPending, pending.Digest, account, purpose,
			pending.Backend, pending.Standing, pending.Failed, djangoTime{pending.Expires}).Exec(ctx)
		if err == nil {
			_, err = p.db.write(ctx, prunePending, account, purpose, keep).Exec(ctx)
		}
		if err != nil {
			return fmt.Errorf("bunsql: store pending factor: %w", err)
		}
		return nil
	})
}

// ByDigest returns what waits, or factors.ErrTokenInvalid.
func (p *PendingFactors) ByDigest(ctx context.Context, digest string, now time.Time) (factors.Pending, error) {
	var row pendingRow
	err := p.db.read(ctx, p.db.toChange(ctx, selectPending), digest, djangoTime{now}).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return factors.Pending{}, factors.ErrTokenInvalid
	}
	if err != nil {
		return factors.Pending{}, fmt.Errorf("bunsql: read pending factor: %w", err)
	}
	return factors.Pending{
		Digest: digest, Account: accounts.ID(row.AccountID), Purpose: factors.Purpose(row.Purpose),
		Backend: row.Backend, Standing: row.Standing, Failed: row.Failed, Expires: row.Expires.Time,
	}, nil
}

// Take ends what waits, or returns factors.ErrTokenInvalid. That one statement deletes
// the row decides which of many calls was the first.
func (p *PendingFactors) Take(ctx context.Context, digest string, now time.Time) error {
	result, err := p.db.write(ctx, takePending, digest, djangoTime{now}).Exec(ctx)
	if err != nil {
		return fmt.Errorf("bunsql: take pending factor: %w", err)
	}
	taken, err := result.RowsAffected()
	if err == nil && taken == 0 {
		return factors.ErrTokenInvalid
	}
	return err
}

// Fail counts a wrong code, and ends what waits at the last of most.
func (p *PendingFactors) Fail(ctx context.Context, digest string, most int) error {
	return p.db.inTx(ctx, func(ctx context.Context) error {
		_, err := p.db.write(ctx, failPending, digest).Exec(ctx)
		if err == nil {
			_, err = p.db.write(ctx, endPending, digest, most).Exec(ctx)
		}
		if err != nil {
			return fmt.Errorf("bunsql: count wrong code: %w", err)
		}
		return nil
	})
}
