using System.Text;
using Keelson.Store.Embedded;

namespace Keelson.Store.Tests.Embedded.Log;

/// <summary>What the store does with files that are not as it left them, on a real disk.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _notices = [];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_torn_tail_is_cut_and_said_so()
    {
        await FillAsync(2);
        string log = Files("*.log")[^1];
        long end = EndOfData(log);
        await using (EmbeddedStore before = Open())
        {
            await before.PutAsync("/torn", new string('v', 3000));
        }
        // Of the last frame's sectors one did not arrive.
        WriteAt(log, (end + 1024) & ~511, new byte[512]);

        await using (EmbeddedStore store = Open())
        {
            Assert.Equal(3, store.CurrentRevision);
            Assert.Contains(_notices, notice => notice.Contains(log) && notice.Contains($"byte {end}"));
            Assert.Equal(4, (await store.PutAsync("/after", "1")).Revision);
        }
        _notices.Clear();
        await using EmbeddedStore again = Open();
        Assert.Equal("/0 /1 /after", string.Join(
            ' ', (await again.RangeAsync(new RangeRequest(KeyRange.All))).Items.Select(item => item.Key)));
        Assert.Empty(_notices);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(70)]
    [InlineData(120)]
    [InlineData(150)]
    public async Task Damage_before_the_end_is_refused_and_named(int offset)
    {
        await FillAsync(3);
        string log = Files("*.log")[^1];
        WriteAt(log, offset, [(byte)(File.ReadAllBytes(log)[offset] ^ 1)]);
        StoreDamagedException damage = Assert.Throws<StoreDamagedException>(() => Open());
        Assert.Equal(log, damage.File);
        Assert.InRange(damage.Offset, 0, offset);
        Assert.Contains(log, damage.Message);
        Assert.Contains($"at byte {damage.Offset}", damage.Message);
    }

    [Fact]
    public async Task A_changed_bit_in_the_last_frame_is_not_taken_for_a_torn_one()
    {
        await FillAsync(3);
        string log = Files("*.log")[^1];
        long last = EndOfData(log) - 20;
        WriteAt(log, last, [(byte)(File.ReadAllBytes(log)[last] ^ 4)]);
        Assert.Contains("written whole", Assert.Throws<StoreDamagedException>(() => Open()).Message);
    }

    [Fact]
    public async Task A_missing_log_file_is_noticed()
    {
        await FillAsync(200, valueBytes: 1000);
        List<string> logs = Files("*.log");
        Assert.True(logs.Count > 3);
        string hidden = Path.Combine(_directory.Path, "hidden");
        File.Move(logs[1], hidden);
        Assert.Contains("missing", Assert.Throws<StoreDamagedException>(() => Open()).Message);
        File.Move(hidden, logs[1]);
        File.Delete(logs[0]);
        Assert.Contains("missing", Assert.Throws<StoreDamagedException>(() => Open()).Message);
    }

    [Fact]
    public async Task A_damaged_snapshot_is_refused_and_named()
    {
        await FillAsync(200, valueBytes: 1000);
        await using (EmbeddedStore store = Open())
        {
            await store.CompactAsync(store.CurrentRevision);
            await store.Maintenance.DefragmentAsync();
        }
        string snapshot = Assert.Single(Files("*.snapshot"));
        Assert.True(Files("*.log").Count <= 2);
        byte[] bytes = await File.ReadAllBytesAsync(snapshot);
        foreach (int offset in new[] { 0, 30, 70, bytes.Length / 2, bytes.Length - 1 })
        {
            WriteAt(snapshot, offset, [(byte)(bytes[offset] ^ 0x10)]);
            Assert.Equal(snapshot, Assert.Throws<StoreDamagedException>(() => Open()).File);
            WriteAt(snapshot, offset, [bytes[offset]]);
        }
        File.Move(snapshot, snapshot + ".away");
        Assert.Throws<StoreDamagedException>(() => Open());
        File.Move(snapshot + ".away", snapshot);
        await using EmbeddedStore intact = Open();
        Assert.Equal(201, intact.CurrentRevision);
    }

    [Fact]
    public async Task A_second_store_in_the_same_directory_is_refused()
    {
        await using (EmbeddedStore store = Open())
        {
            Assert.Contains(_directory.Path, Assert.Throws<StoreLockedException>(() => Open()).Message);
        }
        await using EmbeddedStore after = Open();
    }

    [Fact]
    public async Task A_snapshot_taken_under_load_restores_elsewhere()
    {
        await using EmbeddedStore store = Open();
        LeaseResult lease = await store.Leases.GrantAsync(600);
        using CancellationTokenSource stop = new();
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                byte[] value = Encoding.ASCII.GetBytes($"{i}");
                TxnResult written = await store.TxnAsync(new TxnRequest
                {
                    Success =
                    [
                        new PutOperation("/left", value),
                        new PutOperation("/right", value) { Lease = lease.Id },
                    ],
                });
                await store.CompactAsync(written.Revision);
            }
        });
        using MemoryStream copy = new();
        long revision = 0;
        while (revision < 10)
        {
            copy.SetLength(0);
            revision = await store.Maintenance.SnapshotAsync(copy);
        }
        await stop.CancelAsync();
        await writing;
        copy.Position = 0;
        string elsewhere = Path.Combine(_directory.Path, "elsewhere");

        Assert.Equal(revision, await EmbeddedStore.RestoreAsync(elsewhere, copy));

        await using EmbeddedStore restored = EmbeddedStore.Open(new EmbeddedStoreOptions { Directory = elsewhere });
        Assert.Equal(revision, restored.CurrentRevision);
        RangeResult all = await restored.RangeAsync(new RangeRequest(KeyRange.All));
        Assert.Equal(["/left", "/right"], all.Items.Select(item => item.Key));
        Assert.Equal(all.Items[0].Value, all.Items[1].Value);
        Assert.Equal(
            ["/right"], (await restored.Leases.TimeToLiveAsync(lease.Id, includeKeys: true)).Keys);
        Assert.Equal(revision + 1, (await restored.PutAsync("/new", "1")).Revision);
        copy.Position = 0;
        await Assert.ThrowsAsync<StoreLockedException>(() => EmbeddedStore.RestoreAsync(elsewhere, copy));
        copy.SetLength(copy.Length - 5);
        await Assert.ThrowsAsync<StoreDamagedException>(
            () => EmbeddedStore.RestoreAsync(Path.Combine(_directory.Path, "third"), copy));
    }

    private EmbeddedStore Open() => EmbeddedStore.Open(new EmbeddedStoreOptions
    {
        Directory = _directory.Path,
        SegmentBytes = 16 << 10,
        OnNotice = _notices.Add,
    });

    private async Task FillAsync(int count, int valueBytes = 100)
    {
        await using EmbeddedStore store = Open();
        for (int i = 0; i < count; i++)
        {
            await store.PutAsync($"/{i}", new string('v', valueBytes));
        }
    }

    private List<string> Files(string pattern) =>
        [.. Directory.GetFiles(_directory.Path, pattern).Order(StringComparer.Ordinal)];

    private static long EndOfData(string path) => Array.FindLastIndex(File.ReadAllBytes(path), value => value != 0) + 1;

    private static void WriteAt(string path, long offset, byte[] bytes)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = offset;
        file.Write(bytes);
    }
}
