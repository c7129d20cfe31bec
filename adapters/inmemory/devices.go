package inmemory

import (
	"context"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// device is a device of an account.
type device struct {
	account accounts.ID
	name    string
}

// KnownDevices remembers devices in a Store.
type KnownDevices struct{ store *Store }

var _ ports.KnownDevices = (*KnownDevices)(nil)

// NewKnownDevices returns the store's known devices.
func NewKnownDevices(store *Store) *KnownDevices { return &KnownDevices{store: store} }

// See remembers the device and reports whether the account had it before.
func (k *KnownDevices) See(ctx context.Context, account accounts.ID, name string, now time.Time) (known bool, err error) {
	err = k.store.run(ctx, func(tx *transaction) error {
		key := device{account, name}
		_, known = k.store.devices.rows[key]
		k.store.devices.put(tx, key, now)
		return nil
	})
	return known, err
}

// Forget drops all devices of the account.
func (k *KnownDevices) Forget(ctx context.Context, account accounts.ID) error {
	return k.store.run(ctx, func(tx *transaction) error {
		for key := range k.store.devices.rows {
			if key.account == account {
				k.store.devices.drop(tx, key)
			}
		}
		return nil
	})
}
