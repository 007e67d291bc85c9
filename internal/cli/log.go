package cli

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// NewLogger makes the program's logger: "text" or "json" lines on w, from that
// level on. slog quotes what a message or value holds, so that a line break in
// a cell or a reply never begins a line of its own.
func NewLogger(w io.Writer, format, level string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(strings.ToUpper(level))); err != nil {
		return nil, fmt.Errorf("log level %q: one of debug, info, warn, error", level)
	}
	options := &slog.HandlerOptions{Level: least, ReplaceAttr: bounded}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	}
	return nil, fmt.Errorf("log format %q: text or json", format)
}

// bounded makes every value one line of bounded length in which nothing obeys a
// terminal, whoever wrote it, and gives times in Beijing time.
func bounded(_ []string, a slog.Attr) slog.Attr {
	a.Value = a.Value.Resolve()
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(OneLine(a.Value.String()))
	case slog.KindTime:
		a.Value = slog.TimeValue(a.Value.Time().In(Beijing))
	case slog.KindAny:
		// Whatever it is, it is one bounded line; a level and an error among them.
		a.Value = slog.StringValue(OneLine(fmt.Sprint(a.Value.Any())))
	}
	return a
}

// LogLines gives a writer that logs each line written to it: where logs are
// JSON, every line of standard error is.
func LogLines(log *slog.Logger) io.Writer { return &logLines{log: log} }

type logLines struct {
	log  *slog.Logger
	rest string
}

func (l *logLines) Write(p []byte) (int, error) {
	l.rest += string(p)
	for {
		line, after, whole := strings.Cut(l.rest, "\n")
		if !whole {
			return len(p), nil
		}
		l.rest = after
		if line = strings.TrimSpace(line); line != "" {
			l.log.Info(line)
		}
	}
}
