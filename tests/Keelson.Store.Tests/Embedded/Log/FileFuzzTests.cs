using Keelson.Store.Embedded;

namespace Keelson.Store.Tests.Embedded.Log;

/// <summary>
/// Files with bytes changed, cut off or added anywhere: the store opens with a prefix of what was written, or says
/// where the damage is. Nothing else, and nothing that was not written.
/// </summary>
public sealed class FileFuzzTests : IDisposable
{
    private const int Rounds = 150;
    private const int Keys = 12;
    private readonly TemporaryDirectory _good = new();

    public void Dispose() => _good.Dispose();

    [Fact]
    public async Task A_store_opens_with_what_was_written_or_names_the_damage()
    {
        await using (EmbeddedStore store = EmbeddedStore.Open(new EmbeddedStoreOptions { Directory = _good.Path }))
        {
            for (int i = 0; i < Keys; i++)
            {
                await store.PutAsync($"/{i:00}", $"value {i}");
            }
        }

        Random random = new(1);
        for (int round = 0; round < Rounds; round++)
        {
            using TemporaryDirectory copy = new();
            foreach (string file in Directory.GetFiles(_good.Path))
            {
                File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));
            }

            string log = Directory.GetFiles(copy.Path, "*.log").Order(StringComparer.Ordinal).Last();
            byte[] bytes = File.ReadAllBytes(log);
            int end = Array.FindLastIndex(bytes, value => value != 0) + 1;
            string change = Damage(random, log, ref bytes, end);
            File.WriteAllBytes(log, bytes);
            try
            {
                await using EmbeddedStore store = EmbeddedStore.Open(
                    new EmbeddedStoreOptions { Directory = copy.Path });
                RangeResult all = await store.RangeAsync(new RangeRequest(KeyRange.All));
                Assert.InRange(all.Items.Length, 0, Keys);
                for (int i = 0; i < all.Items.Length; i++)
                {
                    Assert.Equal($"/{i:00}", all.Items[i].Key);
                    Assert.Equal($"value {i}", System.Text.Encoding.UTF8.GetString(all.Items[i].Value));
                }
            }
            catch (StoreDamagedException damage)
            {
                Assert.InRange(damage.Offset, 0, Math.Max(bytes.Length, end));
            }
            catch (Exception failure) when (failure is not Xunit.Sdk.IAssertionException)
            {
                throw new InvalidOperationException($"round {round}: {change}: {failure.GetType().Name}", failure);
            }
        }
    }

    private static string Damage(Random random, string log, ref byte[] bytes, int end)
    {
        int at = random.Next(end);
        switch (random.Next(4))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return $"{Path.GetFileName(log)}: bit in byte {at}";
            case 1:
                bytes = bytes[..at];
                return $"{Path.GetFileName(log)}: cut at {at}";
            case 2:
                int length = Math.Min(random.Next(1, 64), bytes.Length - at);
                random.NextBytes(bytes.AsSpan(at, length));
                return $"{Path.GetFileName(log)}: noise of {length} at {at}";
            default:
                int zeroes = Math.Min(random.Next(1, 600), bytes.Length - at);
                bytes.AsSpan(at, zeroes).Clear();
                return $"{Path.GetFileName(log)}: zeroes of {zeroes} at {at}";
        }
    }
}
