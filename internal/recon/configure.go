package recon

import (
	"errors"
	"fmt"
	"strings"
)

// Configured is what a configuration says of statements, fees and working days.
type Configured struct {
	Layouts  []Layout
	Fees     Fees
	Calendar Calendar
}

// Configure reads and checks the sections "statements", "fees" and "holidays".
// section decodes one of them into a value, and leaves that alone where the
// configuration has none. All that is wrong is in the error, joined, each with
// the place that it stands in.
func Configure(section func(key string, into any) error) (Configured, error) {
	var layouts []Layout
	var fees []FeeRule
	var days struct {
		Off  []string `yaml:"off"`
		Work []string `yaml:"work"`
	}
	var c Configured
	err := [6]error{section("statements", &layouts), section("fees", &fees), section("holidays", &days)}
	c.Layouts, err[3] = Layouts(layouts)
	c.Fees, err[4] = CheckFees(fees)
	c.Calendar, err[5] = NewCalendar(days.Off, days.Work)
	return c, errors.Join(err[:]...)
}

// UnknownName is a name in the configuration that is none of those there are.
type UnknownName struct {
	Where, Name string
	Known       []string
}

func (e *UnknownName) Error() string {
	return fmt.Sprintf("%s: %q is none of %s", e.Where, e.Name, strings.Join(e.Known, " "))
}
