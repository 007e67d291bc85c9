package ums

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a key. However it is printed (fmt with any verb, slog, JSON, text),
// it prints as REDACTED; only Reveal gives it away.
type Secret string

const redacted = "REDACTED"

// Reveal gives the key itself, for signing.
func (s Secret) Reveal() string { return string(s) }

// Format prints REDACTED for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String gives REDACTED.
func (Secret) String() string { return redacted }

// LogValue gives REDACTED to slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText gives REDACTED to JSON, YAML and every other encoder of text.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
