package sheet

// markName is the hidden defined name in which a workbook that we wrote keeps
// whose it is.
const markName = "_batchcomplete"
