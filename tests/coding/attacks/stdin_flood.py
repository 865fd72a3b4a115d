"""Floods its output, so that only a part is compared."""

a, b = map(int, input().split())
print(a + b)
for _ in range(200):
    print('\n' * 20000)
print('more')
