package federation

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// The purposes for which values are derived from an authorization.
const (
	purposeState    = "state"
	purposeNonce    = "nonce"
	purposeVerifier = "verifier"
)

// statePrefix tells a state of ours from one that a client made for itself, which is
// that client's to check.
const statePrefix = "lk."

// Begin implements UseCases. Nothing is stored: who begins keeps the sealed
// authorization, and everything else is derived from it.
func (s *Service) Begin(ctx context.Context, in Begin) (Begun, error) {
	callback, err := s.Providers.Callback(in.Provider, in.CallbackURL)
	if err != nil {
		return Begun{}, err
	}
	authorization := identities.Authorization{
		ID:          s.Random.Text(identities.AuthorizationIDLength, identities.AuthorizationIDAlphabet),
		Provider:    in.Provider,
		CallbackURL: callback,
		Began:       s.Clock.Now().Truncate(time.Second),
	}
	state := s.stateOf(authorization)
	page, err := s.Providers.AuthorizationURL(ctx, in.Provider, identities.Request{
		CallbackURL: callback,
		State:       state,
		Nonce:       s.Seals.Derive(authorization, purposeNonce),
		Challenge:   challenge(s.Seals.Derive(authorization, purposeVerifier)),
	})
	if err != nil {
		return Begun{}, err
	}
	sealed, err := s.Seals.Seal(authorization)
	return Begun{URL: page, State: state, Sealed: sealed, Expires: authorization.Expires()}, err
}

func (s *Service) stateOf(authorization identities.Authorization) string {
	return statePrefix + s.Seals.Derive(authorization, purposeState)
}

// challenge is PKCE's S256 (RFC 7636, 4.2).
func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// resume completes the proof of a sign-in that was begun here, and returns what it
// used up. A state of ours without what its browser keeps was begun in another one:
// somebody is made to work in a stranger's account, or a code was stolen.
func (s *Service) resume(ctx context.Context, in Presented) (proof identities.Proof, used string, err error) {
	if !strings.HasPrefix(in.State, statePrefix) {
		return in.Proof, "", s.stateMayLack(in.Proof)
	}
	authorization, err := s.Seals.Open(in.Sealed)
	if err != nil {
		return identities.Proof{}, "", err
	}
	now := s.Clock.Now()
	mine := secret.New(s.stateOf(authorization)).Equal(secret.New(in.State))
	if !mine || authorization.Provider != in.Provider || !now.Before(authorization.Expires()) {
		return identities.Proof{}, "", identities.ErrStateRefused
	}
	used = "authorization:" + authorization.ID
	if err := s.useUp(ctx, used, 2*identities.AuthorizationLife, identities.ErrStateRefused, now); err != nil {
		return identities.Proof{}, "", err
	}
	proof = in.Proof
	proof.CallbackURL = authorization.CallbackURL
	proof.CodeVerifier = secret.New(s.Seals.Derive(authorization, purposeVerifier))
	proof.Nonce = s.Seals.Derive(authorization, purposeNonce)
	return proof, used, nil
}

// stateMayLack refuses a code whose sign-in was not begun here, where that is asked
// for: whoever has somebody open a link with his own code would otherwise sign them in to his account, or tie
// his identity to theirs.
func (s *Service) stateMayLack(proof identities.Proof) error {
	byCode := !proof.Code.Empty() && proof.AccessToken.Empty() && proof.IDToken.Empty()
	if s.options.RequireState && byCode {
		return identities.ErrStateRefused
	}
	return nil
}
