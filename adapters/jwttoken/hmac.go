package jwttoken

import (
	"crypto/hmac"
	"hash"
	"sync"

	"github.com/golang-jwt/jwt/v5"
)

// verifyingShared verifies as the method does. What has taken the key in is used
// again: taking it in costs as much as a token does.
func verifyingShared(method *jwt.SigningMethodHMAC, key []byte) func(text string, signature []byte) error {
	keyed := &sync.Pool{New: func() any { return hmac.New(method.Hash.New, key) }}
	return func(text string, signature []byte) error {
		mac := keyed.Get().(hash.Hash)
		defer keyed.Put(mac)
		mac.Reset()
		mac.Write([]byte(text)) // a hash returns no error
		if !hmac.Equal(signature, mac.Sum(nil)) {
			return jwt.ErrSignatureInvalid
		}
		return nil
	}
}
