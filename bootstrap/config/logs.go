package config

import (
	"log/slog"
	"strings"
)

// Log says what is logged and how.
type Log struct {
	Format LogFormat
	Level  slog.Level
}

// LogFormat is the form of a log line.
type LogFormat string

// The formats.
const (
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

func logSettings() []Setting {
	return []Setting{
		setting("LOG_FORMAT", "text", "`text`, `json`", oneOf(LogText, LogJSON), func(c *Config) *LogFormat { return &c.Log.Format }),
		setting("LOG_LEVEL", "info", "`debug`, `info`, `warn`, `error`", logLevel, func(c *Config) *slog.Level { return &c.Log.Level }),
	}
}

var logLevel = simple(func(s string) (slog.Level, error) {
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if strings.EqualFold(s, level.String()) {
			return level, nil
		}
	}
	return 0, advice("write debug, info, warn or error")
}, func(l slog.Level) string { return strings.ToLower(l.String()) })
