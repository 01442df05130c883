using System.Text;
using Keelson.Store.Embedded;
using Keelson.Store.Embedded.Disk;
using Keelson.Store.Embedded.Log;
using Keelson.Store.Tests.Embedded.Simulation;

namespace Keelson.Store.Tests.Embedded.Log;

/// <summary>
/// The formats are frozen: what is in the golden files was written by a released program and must open for ever. A new
/// format gets a golden file beside the old ones; these are never changed.
/// </summary>
public sealed class FormatTests
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Embedded", "Log", "Golden");

    [Fact]
    public void The_checksum_is_Castagnolis() => Assert.Equal(
        0xe3069283, Crc32C.Finish(Crc32C.Append(Crc32C.Start, Encoding.ASCII.GetBytes("123456789"))));

    [Fact]
    public async Task Version_1_is_written_as_it_was()
    {
        SimulatedDisk disk = new(new Random(1));
        await WriteAsync(disk);
        foreach (string name in disk.List())
        {
            string path = Path.Combine(Golden, "1." + name + ".txt");
            Assert.True(File.Exists(path), $"{path} is missing; it should hold\n{Hex(disk.Read(name))}");
            Assert.Equal(await File.ReadAllTextAsync(path), Hex(disk.Read(name)));
        }
    }

    [Fact]
    public async Task Version_1_opens()
    {
        SimulatedDisk disk = new(new Random(1));
        foreach (string path in Directory.GetFiles(Golden, "1.*.txt"))
        {
            using IDiskFile file = disk.Create(Path.GetFileName(path)["1.".Length..^".txt".Length]);
            file.Write(Bytes(await File.ReadAllTextAsync(path)), 0);
        }
        await using EmbeddedStore store = Open(disk);
        RangeResult all = await store.RangeAsync(new RangeRequest(KeyRange.All));
        Assert.Equal(
            """
            /registry/a=two created 2 modified 4 version 2 lease 77
            /registry/b=one created 3 modified 3 version 1 lease 0
            /registry/d= created 6 modified 6 version 1 lease 0
            /registry/ÿ=high created 6 modified 6 version 1 lease 0
            """,
            StoreModel.Describe(all.Items));
        Assert.Equal((7, 4), (store.CurrentRevision, store.CompactRevision));
        Assert.Equal([77L], await store.Leases.ListAsync());
        RangeResult past = await store.RangeAsync(new RangeRequest(KeyRange.All) { Revision = 5 });
        Assert.Equal(["a", "b", "c"], past.Items.Select(item => item.Key[^1..]));
    }

    private static EmbeddedStore Open(SimulatedDisk disk) => EmbeddedStore.Open(new EmbeddedStoreOptions
    {
        Disk = disk,
        IsSimulated = true,
        TimeProvider = new SimulatedTime(),
        Random = new Random(1),
        SegmentBytes = 256,
        HistoryRetention = TimeSpan.Zero,
    });

    private static async Task WriteAsync(SimulatedDisk disk)
    {
        await using EmbeddedStore store = Open(disk);
        async Task DoAsync<T>(ValueTask<T> request)
        {
            Task<T> task = request.AsTask();
            while (store.Upkeep.WriteOnce())
            {
            }
            await task;
        }
        await DoAsync(store.Leases.GrantAsync(600, 77));
        await DoAsync(store.PutIfAsync("/registry/a", "one"u8.ToArray(), 0, 77));
        await DoAsync(store.PutIfAsync("/registry/b", "one"u8.ToArray(), 0));
        await DoAsync(store.PutIfAsync("/registry/a", "two"u8.ToArray(), 2, 77));
        await DoAsync(store.PutIfAsync("/registry/c", new byte[300], 0));
        await DoAsync(store.CompactAsync(4));
        _ = store.Upkeep.SnapshotAsync();
        while (store.Upkeep.SimulatedJob!.Step())
        {
        }
        await DoAsync(store.TxnAsync(new TxnRequest
        {
            Success = [new PutOperation("/registry/d", []), new PutOperation("/registry/\u00ff", "high"u8.ToArray())],
        }));
        await DoAsync(store.DeleteIfAsync("/registry/c", 5));
        await DoAsync(store.Leases.GrantAsync(60, 78));
        await DoAsync(store.Leases.RevokeAsync(78));
    }

    // Sixteen bytes a line with their offset and as text.
    private static string Hex(byte[] bytes)
    {
        StringBuilder text = new();
        for (int i = 0; i < bytes.Length; i += 16)
        {
            byte[] line = bytes[i..Math.Min(i + 16, bytes.Length)];
            string hex = string.Join(' ', line.Select(value => value.ToString("x2")));
            string chars = string.Concat(line.Select(value => value is > 32 and < 127 ? (char)value : '.'));
            text.Append($"{i:x4}  {hex,-47}  {chars}\n");
        }
        return text.ToString();
    }

    private static byte[] Bytes(string hex) =>
    [
        .. hex.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(line => line[6..53].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(value => Convert.ToByte(value, 16)),
    ];
}
