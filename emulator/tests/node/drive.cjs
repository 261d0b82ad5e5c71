// Drives the emulator with node-quickbooks, unmodified but for its addresses, and prints what
// came back as JSON: one entry for each step, with the answer or the error.
const fs = require('node:fs')
const { createRequire } = require('node:module')

const [readyFile, installed] = process.argv.slice(2)
const QuickBooks = createRequire(`${installed}/`)('node-quickbooks')
const ready = JSON.parse(fs.readFileSync(readyFile, 'utf8'))

QuickBooks.V3_ENDPOINT_BASE_URL = `${ready.base_url}/v3/company/`
QuickBooks.TOKEN_URL = `${ready.base_url}${ready.token_path}`

const books = new QuickBooks(
  ready.client_id, ready.client_secret, 'replaced by the first refresh', false, ready.realm_id,
  false, false, null, '2.0', ready.refresh_token)
const steps = {}

const step = (name, method, ...values) => new Promise((resolve) => {
  books[method](...values, (error, answer) => {
    const fault = error && (error.Fault ?? error.response?.data?.Fault)
    steps[name] = fault ? { fault: fault.Error[0] } : error ? { error: String(error) } : { answer }
    resolve(answer)
  })
})

const found = (answer, entity) => answer.QueryResponse[entity] ?? []

async function writeOneOfEach () {
  const item = await step('create item', 'createItem', {
    Name: "Lens, 4\" O'Hara", Type: 'Inventory', TrackQtyOnHand: true, QtyOnHand: 7,
    InvStartDate: '2025-01-01', IncomeAccountRef: { value: '79' },
    ExpenseAccountRef: { value: '80' }, AssetAccountRef: { value: '81' }
  })
  await step('update item', 'updateItem', { Id: item.Id, SyncToken: item.SyncToken, UnitPrice: 4.5 })
  await step('stale item', 'updateItem', { Id: item.Id, SyncToken: item.SyncToken, UnitPrice: 5 })
  await step('read item', 'getItem', item.Id)
  const account = await step('create account', 'createAccount',
    { Name: 'Glass sales', AccountType: 'Income' })
  await step('deactivate account', 'updateAccount',
    { Id: account.Id, SyncToken: account.SyncToken, Active: false })
  const customer = await step('create customer', 'createCustomer', { DisplayName: 'Größe & Söhne 竹' })
  await step('update customer', 'updateCustomer',
    { Id: customer.Id, SyncToken: customer.SyncToken, Notes: 'calls often' })
  const vendor = await step('create vendor', 'createVendor', { DisplayName: '100% Glass #1' })
  await step('update vendor', 'updateVendor',
    { Id: vendor.Id, SyncToken: vendor.SyncToken, AcctNum: 'A-1' })
  await step('duplicate name', 'createVendor', { DisplayName: customer.DisplayName })
  await step('not found', 'getVendor', '99999')
}

async function ask () {
  const ask = (name, method, criteria) => step(name, method, criteria)
  await ask('awkward item', 'findItems', { Name: "Lens, 4\" O'Hara" })
  await ask('awkward vendor', 'findVendors', { DisplayName: '100% Glass #1' })
  await ask('awkward customer', 'findCustomers', { DisplayName: 'Größe & Söhne 竹' })
  await ask('count', 'findItems', [{ field: 'Active', value: [true, false], operator: 'IN' }, { count: true }])
  const all = await ask('every item', 'findItems', [
    { field: 'fetchAll', value: true }, { field: 'limit', value: 20 }, { field: 'asc', value: 'Id' }])
  steps['every item'] = { ids: found(all, 'Item').map((item) => item.Id) }
  await ask('by price', 'findItems', [{ field: 'QtyOnHand', value: 1, operator: '>' }])
}

async function main () {
  await step('sign in', 'refreshAccessToken')
  await writeOneOfEach()
  await ask()
  await step('repeat', 'createVendor', { DisplayName: 'Once', requestId: 'node-1' })
  await step('repeated', 'createVendor', { DisplayName: 'Once', requestId: 'node-1' })
  await step('batch', 'batch', [
    { bId: 'a', operation: 'create', Vendor: { DisplayName: 'In a batch' } },
    { bId: 'b', operation: 'create', Vendor: { DisplayName: 'In a batch' } },
    { bId: 'c', Query: 'select count(*) from Vendor' }])
  await step('changes', 'changeDataCapture', ['Vendor', 'Item', 'Invoice'],
    new Date(Date.now() - 3600e3))
  await step('company', 'getCompanyInfo', ready.realm_id)
  console.log(JSON.stringify(steps))
}

main()
