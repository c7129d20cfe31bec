package jwttoken

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func BenchmarkSign(b *testing.B) {
	for _, name := range Algorithms() {
		b.Run(name, func(b *testing.B) {
			tokens, claims := tokensOf(someKey(b, name), Options{}), someClaims()
			b.ReportAllocs()
			for b.Loop() {
				_, err := tokens.Sign(claims)
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, name := range Algorithms() {
		b.Run(name, func(b *testing.B) {
			tokens := tokensOf(someKey(b, name), Options{})
			token, err := tokens.Sign(someClaims())
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				_, err := tokens.Verify(token, now)
				require.NoError(b, err)
			}
		})
	}
}
