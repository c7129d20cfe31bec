package credentials_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
)

func rateOf(count int, per time.Duration, by credentials.Counted) credentials.Rate {
	return credentials.Rate{Limit: credentials.Limit{Count: count, Per: per}, By: by}
}

func TestParseRatesReadsThoseOfAllauth(t *testing.T) {
	ip, key, user := credentials.CountedByAddress, credentials.CountedByKey, credentials.CountedByUser
	for text, want := range map[string][]credentials.Rate{
		"30/m/ip":              {rateOf(30, time.Minute, ip)},
		"20/m":                 {rateOf(20, time.Minute, ip)},
		"5/m/user":             {rateOf(5, time.Minute, user)},
		"1/3m/key":             {rateOf(1, 3*time.Minute, key)},
		"1/10s/key":            {rateOf(1, 10*time.Second, key)},
		"10/m/ip,5/300s/key":   {rateOf(10, time.Minute, ip), rateOf(5, 5*time.Minute, key)},
		" 10/h/ip , 5/2d/key ": {rateOf(10, time.Hour, ip), rateOf(5, 48*time.Hour, key)},
	} {
		rates, err := credentials.ParseRates(text)
		require.NoError(t, err, text)
		require.Equal(t, want, rates, text)
	}
}

func TestParseRatesSaysWhatToWrite(t *testing.T) {
	for _, text := range []string{
		"", "5", "5/", "5/m/", "5//ip", "/m/ip", "0/m/ip", "-1/m/ip", "5/m/address", "5/w/ip", "5/1.5m/ip", "5/0m/ip", "5/-1m/ip",
		"5/min/ip", "5/m/ip/key", "10001/m/ip", "5/366d/ip", "5/99999999999999999999s/ip", "5/m/ip,", "5/m/IP", "five/m/ip",
	} {
		_, err := credentials.ParseRates(text)
		require.ErrorContains(t, err, "is no rate; write a number from 1 to 10000", text)
	}
}

func TestARateIsWrittenAsItIsRead(t *testing.T) {
	for _, text := range []string{"30/m/ip", "5/5m/key", "1/3m/key", "5/h/user", "7/90s/ip", "1/d/key", "10/11m/ip", "2/s/ip", "3/60d/key"} {
		rates, err := credentials.ParseRates(text)
		require.NoError(t, err)
		require.Equal(t, text, rates[0].String())
	}
}

func TestLimitsByPicksOneWayOfCountingShortestFirst(t *testing.T) {
	rates, err := credentials.ParseRates("50/d/key,20/m/ip,5/5m/key")
	require.NoError(t, err)
	require.Equal(t, []credentials.Limit{{Count: 5, Per: 5 * time.Minute}, {Count: 50, Per: 24 * time.Hour}},
		credentials.LimitsBy(rates, credentials.CountedByKey))
	require.Empty(t, credentials.LimitsBy(rates, credentials.CountedByUser))
}

func FuzzParseRates(f *testing.F) {
	f.Add("20/m/ip,5/300s/key")
	f.Add("1/3m/key")
	f.Fuzz(func(t *testing.T, text string) {
		rates, err := credentials.ParseRates(text)
		for _, rate := range rates {
			require.False(t, rate.Limit.Unlimited(), "a rate never turns the limit off")
			again, err := credentials.ParseRates(rate.String())
			require.NoError(t, err)
			require.Equal(t, []credentials.Rate{rate}, again)
		}
		require.Equal(t, err != nil, len(rates) == 0)
	})
}
