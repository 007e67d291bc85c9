//go:build !linux

package cli

// Harden does nothing here; see harden_linux.go.
func Harden() {}
