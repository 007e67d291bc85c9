package recon

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"
)

// holidays are the days that the State Council's notices move: one a line, the
// date, and "off" or "work".
//
//go:embed holidays.txt
var holidays string

// Calendar tells on which days Chinese banks work: Monday to Friday, but for the
// holidays, and on the days that are made up for them.
type Calendar struct {
	work  map[string]bool
	years []string
}

// NewCalendar makes a calendar of the embedded data, with further days from the
// configuration: these come before the data.
func NewCalendar(off, work []string) (Calendar, error) {
	c := Calendar{work: map[string]bool{}}
	for line := range strings.Lines(holidays) {
		date, kind, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		c.work[date] = kind == "work"
		if !slices.Contains(c.years, date[:4]) {
			c.years = append(c.years, date[:4])
		}
	}
	for i, list := range [][]string{off, work} {
		for _, date := range list {
			if _, err := time.Parse(time.DateOnly, date); err != nil {
				return c, fmt.Errorf("holidays, %s: %q is not a date YYYY-MM-DD", [...]string{"off", "work"}[i], date)
			}
			c.work[date] = i == 1
		}
	}
	return c, nil
}

// Years are those that the embedded data covers; in others the days of the
// configuration alone are known.
func (c Calendar) Years() string { return strings.Join(c.years, ", ") }

// Works tells whether banks work on a day.
func (c Calendar) Works(day time.Time) bool {
	if works, ok := c.work[day.Format(time.DateOnly)]; ok {
		return works
	}
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
}

// Since counts the working days after from, up to and including to: 0 on the day
// itself.
func (c Calendar) Since(from, to string) int {
	day, err := time.Parse(time.DateOnly, from)
	last, err2 := time.Parse(time.DateOnly, to)
	if err != nil || err2 != nil {
		return 0
	}
	n := 0
	for day = day.AddDate(0, 0, 1); !day.After(last); day = day.AddDate(0, 0, 1) {
		if c.Works(day) {
			n++
		}
	}
	return n
}
