package bunsql

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// KnownDevices remembers devices in latchkey_known_device, by a digest.
type KnownDevices struct{ db *DB }

var _ ports.KnownDevices = (*KnownDevices)(nil)

// NewKnownDevices returns the known devices of the database.
func NewKnownDevices(db *DB) *KnownDevices { return &KnownDevices{db: db} }

const (
	insertDevice = `INSERT INTO latchkey_known_device (account_id, device, seen) VALUES ($1, $2, $3)
		ON CONFLICT (account_id, device) DO NOTHING`
	touchDevice   = `UPDATE latchkey_known_device SET seen = $1 WHERE account_id = $2 AND device = $3`
	deleteDevices = `DELETE FROM latchkey_known_device WHERE account_id = $1`
)

// See remembers the device and reports whether the account had it before.
func (k *KnownDevices) See(ctx context.Context, account accounts.ID, device string, now time.Time) (known bool, err error) {
	sum := sha256.Sum256([]byte(device))
	digest := hex.EncodeToString(sum[:])
	err = k.db.inTx(ctx, func(ctx context.Context) error {
		result, err := k.db.write(ctx, insertDevice, int64(account), digest, djangoTime{now}).Exec(ctx)
		if err != nil {
			return err
		}
		added, err := result.RowsAffected()
		if err != nil || added > 0 {
			known = false
			return err
		}
		known = true
		_, err = k.db.write(ctx, touchDevice, djangoTime{now}, int64(account), digest).Exec(ctx)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("bunsql: remember device: %w", err)
	}
	return known, nil
}

// Forget drops all devices of the account.
func (k *KnownDevices) Forget(ctx context.Context, account accounts.ID) error {
	if _, err := k.db.write(ctx, deleteDevices, int64(account)).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: forget devices: %w", err)
	}
	return nil
}
