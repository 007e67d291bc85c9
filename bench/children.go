package main

// children are the tasks that run in a process of their own.
var children = map[string]func([]string) error{
	"rows":          childRows,
	"loop":          childLoop,
	"span":          childSpan,
	"read-intake":   timedChild(readIntake),
	"read-excelize": timedChild(readExcelize),
	"read-csv":      timedChild(readCSV),
	"import":        childImport,
	"insert":        childInsert,
	"alone":         childAlone,
	"attempts":      childAttempts,
	"fill":          childFill,
	"reconcilable":  childReconcilable,
	"stream":        childStream,
	"sent":          childSent,
	"profiled":      childProfiled,
}
