"""Problems of kind "pytest": a module with classes or several functions, tested by test files.

A line of a test that is an expression becomes an assertion of its value under the reference
solution, or of the exception that it raises.
"""

from random import Random

from assay.coding.problems.template import Rule, Tested, template


@template(
    2,
    overdraft=(10, 50, 200),
    fee=(0, 1),
)
def bank_account(rng: Random, overdraft: int, fee: int) -> Tested:
    """Write a module `solution.py` with a class `Account`. `Account(balance=0)` opens an account.
    `deposit(amount)` adds an amount, and `withdraw(amount)` takes it off together with a fee of
    {fee}; both return the new balance. A withdrawal after which the balance would be below
    -{overdraft} raises a ValueError, and so does an amount that is not greater than 0 with either
    method; nothing changes then. The attribute `balance` is the balance, and `history` the list of
    all changes of the balance so far, in order, as integers (negative for withdrawals, with the
    fee). All amounts are integers."""
    a, b, c = rng.randint(20, 60), rng.randint(3, 15), rng.randint(70, 99)
    return Tested(
        f"""
        class Account:
            def __init__(self, balance=0):
                self.balance = balance
                self.history = []

            def deposit(self, amount):
                return self._change(amount, amount)

            def withdraw(self, amount):
                return self._change(amount, -amount - {fee})

            def _change(self, amount, change):
                if amount <= 0 or (change < 0 and self.balance + change < -{overdraft}):
                    raise ValueError("not possible")
                self.balance += change
                self.history.append(change)
                return self.balance
        """,
        "Account",
        {
            "deposit": f"""
                account = Account({a})
                account.deposit({b})
                account.balance
            """,
            "withdraw": f"""
                account = Account({c})
                account.withdraw({b})
                account.withdraw({a})
                account.balance
            """,
            "history": f"""
                account = Account()
                account.deposit({c})
                account.withdraw({b})
                account.history
            """,
        },
        {
            "too_much": f"""
                account = Account({a})
                account.withdraw({a + overdraft + 1})
                account.balance
                account.history
            """,
            "the_limit": f"""
                account = Account({a})
                account.withdraw({a + overdraft - fee})
                account.balance
            """,
            "beyond_the_limit": f"""
                account = Account({a})
                account.withdraw({a + overdraft - fee + 1})
                account.balance
            """,
            "nothing": (
                "account = "
                "Account(5)\naccount.deposit(0)\naccount.withdraw(-3)\naccount.balance\naccount.history"
            ),
            "apart": f"""
                one, two = Account(), Account()
                one.deposit({b})
                two.history
                two.balance
                one.history
            """,
            "many": f"""
                account = Account({c})
                [account.withdraw(n) for n in ({b}, 1, 2)]
                account.history
                account.balance
            """,
        },
    )


@template(
    3,
    full=(
        Rule("removes the oldest element first", "self._items.pop(0)"),
        Rule("raises an IndexError and changes nothing", 'raise IndexError("full")'),
    ),
    order=(
        Rule("oldest", "0"),
        Rule("newest", "-1"),
    ),
)
def bounded_buffer(rng: Random, full: Rule, order: Rule) -> Tested:
    """Write a module `solution.py` with a class `Buffer`. `Buffer(size)` makes an empty buffer for
    at most `size` elements (at least 1). `put(item)` adds an element and returns None; if the
    buffer is full it {full.words}. `take()` removes the {order.words} element and returns it, and
    raises an IndexError if there is none. `peek()` returns the element that `take` would return
    without removing it, or None if there is none. `len(buffer)` is the number of elements, and
    iterating over a buffer gives them from the oldest to the newest."""
    a, b, c = rng.sample(range(10, 99), 3)
    return Tested(
        f"""
        class Buffer:
            def __init__(self, size):
                self._size = size
                self._items = []

            def put(self, item):
                if len(self._items) == self._size:
                    {full.code}
                self._items.append(item)

            def take(self):
                if not self._items:
                    raise IndexError("empty")
                return self._items.pop({order.code})

            def peek(self):
                return self._items[{order.code}] if self._items else None

            def __len__(self):
                return len(self._items)

            def __iter__(self):
                return iter(list(self._items))
        """,
        "Buffer",
        {
            "take": f"""
                buffer = Buffer(3)
                buffer.put({a})
                buffer.put({b})
                buffer.take()
                buffer.take()
            """,
            "len": f"""
                buffer = Buffer(2)
                buffer.put({a})
                len(buffer)
                list(buffer)
            """,
            "peek": f"""
                buffer = Buffer(2)
                buffer.put({c})
                buffer.peek()
                buffer.peek()
                len(buffer)
            """,
        },
        {
            "empty": (
                "buffer = Buffer(1)\nlen(buffer)\nbuffer.take()\nlist(buffer)\nbuffer.peek() "
                "is None"
            ),
            "full": f"""
                buffer = Buffer(2)
                buffer.put({a})
                buffer.put({b})
                buffer.put({c})
                list(buffer)
                len(buffer)
                buffer.take()
            """,
            "one": f"""
                buffer = Buffer(1)
                buffer.put({b})
                buffer.take()
                buffer.put({a})
                buffer.peek()
                buffer.take()
                buffer.take()
            """,
            "mixed": f"""
                buffer = Buffer(3)
                buffer.put({c})
                buffer.put({a})
                buffer.take()
                buffer.put({b})
                list(buffer)
            """,
            "none": (
                "buffer = Buffer(2)\nbuffer.put(None)\nlen(buffer)\nbuffer.take() is "
                "None\nlen(buffer)"
            ),
            "apart": f"""
                one, two = Buffer(2), Buffer(2)
                one.put({a})
                len(two)
                list(one)
            """,
        },
    )


@template(
    3,
    ranking=(Rule("highest", "-p"), Rule("lowest", "p")),
    tie=(Rule("first", "n"), Rule("last", "-n")),
)
def task_queue(rng: Random, ranking: Rule, tie: Rule) -> Tested:
    """Write a module `solution.py` with a class `Tasks`. `add(name, priority)` adds a task (a
    string and an integer); a name that is there already gets the new priority and counts as just
    added. `next()` removes the task with the {ranking.words} priority and returns its name, or None
    if there is no task; of several with that priority it is the one that was added {tie.words}.
    `cancel(name)` removes a task and returns True, or returns False if there is none of that name.
    `waiting()` returns the list of the names in the order in which `next` would return them."""
    high, low = rng.randint(6, 9), rng.randint(1, 4)
    return Tested(
        f"""
        class Tasks:
            def __init__(self):
                self._tasks = {{}}
                self._added = 0

            def add(self, name, priority):
                self._added += 1
                self._tasks[name] = (priority, self._added)

            def next(self):
                names = self.waiting()
                if not names:
                    return None
                del self._tasks[names[0]]
                return names[0]

            def cancel(self, name):
                return self._tasks.pop(name, None) is not None

            def waiting(self):
                tasks = self._tasks.items()
                ranked = [({ranking.code}, {tie.code}, name) for name, (p, n) in tasks]
                return [name for *_, name in sorted(ranked)]
        """,
        "Tasks",
        {
            "next": f"""
                tasks = Tasks()
                tasks.add('a', {low})
                tasks.add('b', {high})
                tasks.next()
                tasks.next()
            """,
            "cancel": f"""
                tasks = Tasks()
                tasks.add('a', {low})
                tasks.cancel('a')
                tasks.cancel('a')
            """,
            "waiting": f"""
                tasks = Tasks()
                tasks.add('x', {high})
                tasks.add('y', {low})
                tasks.add('z', {high + 1})
                tasks.waiting()
            """,
        },
        {
            "empty": """
                tasks = Tasks()
                tasks.next() is None
                tasks.waiting()
                tasks.cancel('a')
            """,
            "ties": f"""
                tasks = Tasks()
                for name in 'cab':
                    tasks.add(name, {low})
                tasks.waiting()
                tasks.next()
                tasks.waiting()
            """,
            "again": f"""
                tasks = Tasks()
                tasks.add('a', {high})
                tasks.add('b', {low})
                tasks.add('a', {low})
                tasks.waiting()
                tasks.next()
            """,
            "negative": f"""
                tasks = Tasks()
                tasks.add('a', -{low})
                tasks.add('b', -{high})
                tasks.add('c', 0)
                tasks.waiting()
            """,
            "used_up": f"""
                tasks = Tasks()
                tasks.add('a', {low})
                tasks.next()
                tasks.next() is None
                tasks.cancel('a')
            """,
            "apart": f"""
                one, two = Tasks(), Tasks()
                one.add('a', {low})
                two.waiting()
                one.waiting()
            """,
        },
    )
