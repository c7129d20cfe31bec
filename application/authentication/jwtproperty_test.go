package authentication_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/application/authentication"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// clients are several devices of one account, and everything that was ever given
// to any of them: a thief may hold each of these tokens.
type clients struct {
	*world
	ann     *accounts.Account
	devices []sessions.TokenPair // what each device holds; zero when it is signed out
	given   []secret.String
	claims  map[string]sessions.Claims // of each refresh token
	access  map[string][]secret.String // access tokens by family
	refused map[string]bool            // refresh tokens that were refused
	dead    map[string]bool            // families of which nothing may work any more
	changes int
}

// try presents a refresh token. One that was refused once is never taken again,
// and nothing of a dead family is.
func (c *clients) try(t *rapid.T, token secret.String) (sessions.TokenPair, bool) {
	family := c.familyOf(token)
	pair, err := c.Refresh(c.ctx, token)
	if err != nil {
		require.Contains(t, []error{sessions.ErrJWTRevoked, sessions.ErrJWTExpired}, err)
		require.Zero(t, pair)
		c.refused[token.Reveal()] = true
		if stored, err := c.families.ByID(c.ctx, family); err == nil && !stored.Alive() {
			c.dead[family] = true
		}
		return pair, false
	}
	require.False(t, c.refused[token.Reveal()], "taken after it was refused")
	require.False(t, c.dead[family], "taken after its family ended")
	c.keep(t, pair)
	return pair, true
}

func (c *clients) keep(t *rapid.T, pair sessions.TokenPair) {
	claims := c.says(t, pair.Refresh)
	c.claims[pair.Refresh.Reveal()] = claims
	family := claims.Family()
	c.given = append(c.given, pair.Refresh)
	c.access[family] = append(c.access[family], pair.Access)
}

func (c *clients) familyOf(token secret.String) string { return c.claims[token.Reveal()].Family() }

func (c *clients) device(t *rapid.T) int {
	return rapid.IntRange(0, len(c.devices)-1).Draw(t, "device")
}

func (c *clients) signIn(t *rapid.T) {
	pair := c.admit(t, c.ann)
	c.devices[c.device(t)] = pair
	c.keep(t, pair)
}

func (c *clients) goOn(t *rapid.T) {
	i := c.device(t)
	if c.devices[i].Refresh.Empty() {
		return
	}
	c.devices[i], _ = c.try(t, c.devices[i].Refresh)
}

func (c *clients) replay(t *rapid.T) {
	if len(c.given) > 0 {
		c.try(t, rapid.SampledFrom(c.given).Draw(t, "token"))
	}
}

func (c *clients) signOut(t *rapid.T) {
	if len(c.given) == 0 {
		return
	}
	token := rapid.SampledFrom(c.given).Draw(t, "token")
	err := c.SignOut(c.ctx, authentication.SignOut{Refresh: &token})
	if _, expired := c.jwts.Verify(token, c.clock.Now()); expired == nil {
		c.dead[c.familyOf(token)] = true
	} else {
		require.Contains(t, []error{nil, sessions.ErrJWTExpired}, err)
	}
}

// changePassword evicts everybody but one device, or everybody.
func (c *clients) newPassword(t *rapid.T) {
	keep := ""
	if kept := c.devices[c.device(t)]; rapid.Bool().Draw(t, "keep") && !kept.Refresh.Empty() {
		keep = c.familyOf(kept.Refresh)
	}
	c.changes++
	c.world.changePassword(t, c.ann, fmt.Sprint("hash ", c.changes), keep)
	for family := range c.access {
		if family != keep {
			c.dead[family] = true
		}
	}
}

func (c *clients) wait(t *rapid.T) {
	c.clock.advance(rapid.SampledFrom([]time.Duration{
		time.Millisecond, time.Second, grace, grace + time.Second, accessLife, refreshLife / 2,
	}).Draw(t, "wait"))
}

// holds checks what must hold after whatever happened.
func (c *clients) holds(t *rapid.T) {
	now := c.clock.Now()
	for family, tokens := range c.access {
		for _, token := range tokens {
			caller, err := c.ByAccessToken(c.ctx, token)
			if c.dead[family] {
				require.Error(t, err)
			} else if err == nil {
				require.Equal(t, family, caller.Family)
			}
		}
		stored, err := c.families.ByID(c.ctx, family)
		require.NoError(t, err)
		require.False(t, c.dead[family] && stored.Alive())
		newest := slices.IndexFunc(c.given, func(token secret.String) bool {
			return c.claims[token.Reveal()].ID == stored.Current.ID
		})
		require.NotEqual(t, -1, newest, "the newest token was given to somebody")
		if stored.Alive() && stored.Current.Expires.After(now) {
			require.False(t, c.refused[c.given[newest].Reveal()], "the newest token of a living family is good")
			require.NotEqual(t, stored.Current.ID, stored.Previous)
		}
	}
}

// Whatever owners and thieves do, in whatever order: a token that was refused is
// never taken again, nothing outlives its family, and a family has one newest token.
func TestTokensOfSeveralClientsUnderRandomUse(t *testing.T) {
	for name, options := range map[string][]func(*authentication.JWT){
		"families": {inFamilies, checkSession}, "families and a blacklist": {inFamilies, onceOnly, checkSession},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				w := newWorld(t, everything(options...))
				c := &clients{
					world: w, ann: w.add(t, "ann", "ann@example.com"), devices: make([]sessions.TokenPair, 3),
					access: map[string][]secret.String{}, claims: map[string]sessions.Claims{}, refused: map[string]bool{}, dead: map[string]bool{},
				}
				r.Repeat(map[string]func(*rapid.T){
					"sign in": c.signIn, "refresh": c.goOn, "replay": c.replay, "sign out": c.signOut,
					"new password": c.newPassword, "wait": c.wait, "": c.holds,
				})
			})
		})
	}
}

// A family never gives two tokens that are both good: after each refresh all
// tokens but the answer and, within grace, the one before are refused.
func TestAFamilyHasOneLivingLine(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t, jwt(inFamilies))
		w.add(t, "ann", "ann@example.com")
		line := []secret.String{w.login(r, "ann").Refresh}
		for range rapid.IntRange(2, 6).Draw(r, "refreshes") {
			w.clock.advance(time.Duration(rapid.IntRange(0, 100).Draw(r, "seconds")) * time.Second)
			line = append(line, w.refresh(r, line[len(line)-1]).Refresh)
		}
		old := rapid.IntRange(0, len(line)-3).Draw(r, "old")
		w.refuses(r, line[old], sessions.ErrJWTRevoked)
		for _, token := range line {
			w.refuses(r, token, sessions.ErrJWTRevoked)
		}
	})
}
