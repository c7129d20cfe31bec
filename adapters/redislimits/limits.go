package redislimits

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
)

// Limits counts attempts in Redis.
type Limits struct {
	client *redis.Client
	log    *slog.Logger
	down   atomic.Bool // the last answer was a failure
	busy   atomic.Bool // attempts waited for a connection in vain, and the log knows
}

var _ ports.Limits = (*Limits)(nil)

//go:embed take.lua
var source string

// take is sent once to each server and called by its digest.
var take = redis.NewScript(source)

// allowed is what the script says of an attempt that it recorded.
const allowed = "allowed"

// name is the key in Redis. A digest has a fixed size however long the text is that
// somebody sends, and tells whoever sees Redis neither names nor addresses.
func name(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "latchkey:limit:" + hex.EncodeToString(sum[:])
}

// Take records an attempt at now unless one of the limits is used up, and returns how long
// to wait. Times are cut to microseconds: a sorted set orders by floating point numbers, which
// hold no nanoseconds of this century.
func (l *Limits) Take(ctx context.Context, key string, now time.Time, limits ...credentials.Limit) (time.Duration, error) {
	longest := credentials.Limits(limits).Longest()
	if longest == 0 {
		return 0, nil
	}
	args := []any{now.UnixMicro(), roundUp(longest, time.Microsecond), roundUp(longest, time.Millisecond)}
	for _, limit := range limits {
		if !limit.Unlimited() {
			args = append(args, roundUp(limit.Per, time.Microsecond), limit.Count)
		}
	}
	said, err := take.Run(ctx, l.client, []string{name(key)}, args...).Text()
	if err := l.outcome(ctx, "take", err); err != nil {
		return 0, err
	}
	if said == allowed {
		return 0, nil
	}
	return wait(said, now)
}

// wait reads when another attempt fits. Whatever else Redis says is no permission.
func wait(said string, now time.Time) (time.Duration, error) {
	micros, err := strconv.ParseInt(said, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("redislimits: take: an answer that the script does not give: %w", err)
	}
	return max(time.UnixMicro(micros).Sub(now), time.Nanosecond), nil
}

func roundUp(d, unit time.Duration) int64 {
	whole := int64(d / unit)
	if d%unit > 0 {
		whole++
	}
	return whole
}

// GiveBack drops the newest attempt under key.
func (l *Limits) GiveBack(ctx context.Context, key string) error {
	return l.outcome(ctx, "give back", l.client.ZPopMax(ctx, name(key)).Err())
}

// Count returns how many attempts under key are in the window.
func (l *Limits) Count(ctx context.Context, key string, limit credentials.Limit, now time.Time) (int, error) {
	left := now.UnixMicro() - roundUp(limit.Per, time.Microsecond)
	count, err := l.client.ZCount(ctx, name(key), "("+strconv.FormatInt(left, 10), "+inf").Result()
	return int(count), l.outcome(ctx, "count", err)
}

// Forget drops the attempts under the keys, each by a command of its own: they may be on
// different servers.
func (l *Limits) Forget(ctx context.Context, keys ...string) error {
	_, err := l.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for _, key := range keys {
			pipe.Del(ctx, name(key))
		}
		return nil
	})
	return l.outcome(ctx, "forget", err)
}

// Check asks Redis whether it answers, so that a wrong setting is logged at the start
// and not at somebody's login.
func (l *Limits) Check(ctx context.Context) error {
	return l.outcome(ctx, "check", l.client.Ping(ctx).Err())
}

// Close ends the connections.
func (l *Limits) Close() error { return l.client.Close() }
