using Keelson.Store.Embedded;
using Keelson.Store.Embedded.Disk;

namespace Keelson.Store.Tests.Embedded.Simulation;

/// <summary>
/// Runs a store on a simulated disk and clock, in one thread: requests, reads, watches, snapshots, full disks, failing
/// disks and crashes at any operation of the disk, all by chance from one seed. After each step the store must be as
/// the model, and after a crash as the model either before or after the writes whose fate was open.
/// </summary>
internal sealed class StoreSimulation
{
    private readonly Random _random;
    private readonly SimulatedTime _time = new();
    private readonly SimulatedDisk _disk;
    private readonly SimulatedClient _client;
    private readonly List<SimulatedRequest> _requests = [];
    private readonly List<SimulatedWatcher> _watchers = [];
    private StoreModel _model = new();
    private EmbeddedStore _store = null!;
    private long _openedAtMs;
    private int _changesUntilCrash = int.MaxValue;
    private Failpoint? _failpoint;
    private bool _isFailing;
    private bool _isSynced;
    private bool _hasCrashed;

    public StoreSimulation(int seed)
    {
        _random = new Random(seed);
        _disk = new SimulatedDisk(_random) { OnChange = OnDiskChange };
        _client = new SimulatedClient(_random, _time, () => NowMs);
    }

    /// <summary>How often it crashed, for tests of the simulation itself.</summary>
    public int Crashes { get; private set; }

    public int Refusals { get; private set; }

    public int Snapshots { get; private set; }

    private long NowMs => _time.GetTimestamp() - _openedAtMs;

    public void Run(int steps)
    {
        Open();
        for (int i = 0; i < steps; i++)
        {
            Step();
        }
        EndFaults();
        Commit();
        foreach (SimulatedWatcher watcher in _watchers)
        {
            watcher.CheckDrained(_store, _model);
        }
        CheckAll();
        _store.DisposeAsync().AsTask().Wait();
        _model.RestartLeases(0);
        Open();
        CheckAll();
        _store.DisposeAsync().AsTask().Wait();
        FlipBits();
    }

    private void Step()
    {
        switch (_random.Next(100))
        {
            case < 45:
                _requests.Add(_client.Next(_store, _model));
                break;
            case < 65:
                Commit();
                break;
            case < 75:
                CheckRead();
                break;
            case < 85:
                Watch();
                break;
            case < 92:
                Snapshot();
                break;
            case < 95:
                Tick();
                break;
            case < 97:
                _changesUntilCrash = _random.Next(12);
                break;
            case 97:
                _failpoint = (Failpoint)_random.Next((int)Failpoint.BeforeSegmentDeletion + 1);
                break;
            case 98:
                _disk.CapacityBytes = _disk.CapacityBytes == long.MaxValue
                    ? _disk.List().Sum(name => (long)_disk.Read(name).Length) + _random.Next(4000)
                    : long.MaxValue;
                break;
            default:
                _isFailing = _random.Next(4) == 0;
                break;
        }
        if (_hasCrashed)
        {
            Restart(_model, _model);
        }
    }

    private void Snapshot()
    {
        if (_store.Upkeep.SimulatedJob is { Done.IsCompleted: false } job)
        {
            Guard(() => Snapshots += job.Step() ? 0 : 1);
        }
        else
        {
            _ = _store.Upkeep.SnapshotAsync();
        }
    }

    private void Tick()
    {
        Commit();
        _time.Advance(TimeSpan.FromSeconds(_random.Next(10)));
        if (_model.Leases.Any() && _random.Next(2) == 0)
        {
            long id = _model.Leases.ElementAt(_random.Next(_model.Leases.Count()));
            LeaseResult result = _store.Leases.KeepAliveAsync(id).Result;
            if (result.Outcome == StoreOutcome.Ok)
            {
                _model.KeepAlive(id, NowMs);
            }
        }
        _store.Upkeep.Tick();
        foreach (long id in _model.Expired(NowMs))
        {
            _requests.Add(new SimulatedRequest($"expire {id}", model =>
            {
                model.Revoke(id);
                return "";
            }, () => ""));
        }
        Commit();
    }

    private void Commit()
    {
        // Requests that were answered at once are not part of the group.
        List<SimulatedRequest> group = [];
        foreach (SimulatedRequest request in _requests)
        {
            if (request.Answer() is { Length: > 0 } answer)
            {
                Assert.Equal((request.ToString(), request.Predict(_model.Copy())), (request.ToString(), answer));
            }
            else
            {
                group.Add(request);
            }
        }
        _requests.Clear();
        StoreModel after = _model.Copy();
        List<string> predicted = [.. group.Select(request => request.Predict(after))];
        _watchers.ForEach(watcher => watcher.Expect(after));
        _isSynced = false;
        Guard(() =>
        {
            while (_store.Upkeep.WriteOnce())
            {
            }
        });
        if (_hasCrashed)
        {
            // What was synced must be there; what was not, may be there whole, or not at all.
            Restart(_isSynced ? after : _model, after);
            return;
        }
        List<string> answers = [.. group.Select(request => request.Answer() ?? "(unanswered)")];
        if (answers.Any(answer => answer.StartsWith("NoSpace", StringComparison.Ordinal)))
        {
            Refusals++;
            Assert.All(answers.Where(answer => answer.Length > 0), answer => Assert.Equal("NoSpace 0", answer));
            _watchers.ForEach(watcher => watcher.Expect(_model));
        }
        else if (_disk.CapacityBytes == long.MaxValue || IsAt(after))
        {
            Assert.Equal(
                predicted.Zip(group, (text, request) => text.Length == 0 ? "" : $"{request}: {text}"),
                answers.Zip(group, (text, request) => text.Length == 0 ? "" : $"{request}: {text}"));
            _model = after;
        }
        Assert.Equal(_model.Revision, _store.CurrentRevision);
        Assert.Equal(_model.CompactRevision, _store.CompactRevision);
    }

    private void CheckRead()
    {
        long revision = _random.Next(3) == 0
            ? 0
            : _random.NextInt64(Math.Max(1, _model.CompactRevision - 2), _model.Revision + 2);
        KeyRange keys = Ranges()[_random.Next(3)];
        RangeResult result = _store.RangeAsync(new RangeRequest(keys) { Revision = revision }).Result;
        StoreOutcome expected =
            revision > _model.Revision ? StoreOutcome.FutureRevision
            : revision > 0 && revision < _model.CompactRevision ? StoreOutcome.Compacted
            : StoreOutcome.Ok;
        Assert.Equal(expected, result.Outcome);
        if (expected == StoreOutcome.Ok)
        {
            List<KeyValue> items = _model.Range(keys, revision > 0 ? revision : long.MaxValue);
            Assert.Equal(StoreModel.Describe(items), StoreModel.Describe(result.Items));
        }
    }

    private static KeyRange[] Ranges() =>
        [KeyRange.All, KeyRange.Prefix("/registry/pods/"), KeyRange.Single("/registry/nodes/3")];

    private void Watch()
    {
        if (_watchers.Count < 8 && _random.Next(4) == 0)
        {
            long start = _random.NextInt64(Math.Max(1, _model.CompactRevision - 1), _model.Revision + 3);
            _watchers.Add(new SimulatedWatcher(Ranges()[_random.Next(3)], _random.Next(3) == 0, start));
        }
        if (_watchers.Count > 0)
        {
            _watchers[_random.Next(_watchers.Count)].Read(_store, _model, _random.Next(1, 5));
        }
    }

    private void CheckAll()
    {
        for (long revision = Math.Max(1, _model.CompactRevision); revision <= _model.Revision; revision++)
        {
            RangeResult result = _store.RangeAsync(new RangeRequest(KeyRange.All) { Revision = revision }).Result;
            Assert.Equal(StoreOutcome.Ok, result.Outcome);
            Assert.Equal(
                StoreModel.Describe(_model.Range(KeyRange.All, revision)), StoreModel.Describe(result.Items));
        }
        Assert.Equal(_model.Leases, _store.Leases.ListAsync().Result);
        StoreStatus status = _store.Maintenance.StatusAsync().Result;
        Assert.Equal(_model.Range(KeyRange.All).Count, status.KeyCount);
    }

    // The store must notice a changed bit, or it must not matter.
    private void FlipBits()
    {
        for (int i = 0; i < 3; i++)
        {
            string[] names = [.. _disk.List().Where(name => _disk.Read(name).Length > 0)];
            string name = names[_random.Next(names.Length)];
            int offset = _random.Next(_disk.Read(name).Length);
            int bit = _random.Next(8);
            _disk.FlipBit(name, offset, bit);
            try
            {
                Open();
                CheckAll();
                _store.DisposeAsync().AsTask().Wait();
                // What did not matter may have been cleaned away with the file.
                if (!_disk.List().Contains(name) || _disk.Read(name).Length <= offset)
                {
                    continue;
                }
            }
            catch (StoreDamagedException damage)
            {
                Assert.InRange(damage.Offset, 0, long.MaxValue);
            }
            _disk.FlipBit(name, offset, bit);
        }
    }

    private void Open()
    {
        _openedAtMs = _time.GetTimestamp();
        _store = EmbeddedStore.Open(new EmbeddedStoreOptions
        {
            Disk = _disk,
            IsSimulated = true,
            TimeProvider = _time,
            Random = _random,
            SegmentBytes = 2048,
            SnapshotBlockBytes = 512,
            HistoryRetention = TimeSpan.Zero,
            OnFatal = _ => _hasCrashed = true,
            Failpoint = OnFailpoint,
        });
    }

    private void Restart(StoreModel least, StoreModel most)
    {
        Crashes++;
        _requests.Clear();
        EndFaults();
        do
        {
            _hasCrashed = false;
            _disk.Crash();
            // Recovery may crash, too.
            _changesUntilCrash = _random.Next(3) == 0 ? _random.Next(10) : int.MaxValue;
            Guard(Open);
        }
        while (_hasCrashed);
        _changesUntilCrash = int.MaxValue;
        _model = IsAt(most) && HasTimesOf(most) ? most : least;
        _model.RestartLeases(0);
        CheckAll();
        foreach (SimulatedWatcher watcher in _watchers)
        {
            watcher.OnLost(new StoreUnavailableException("crashed"));
            watcher.Read(_store, _model, 1);
        }
    }

    private void EndFaults()
    {
        _disk.CapacityBytes = long.MaxValue;
        _changesUntilCrash = int.MaxValue;
        _failpoint = null;
        _isFailing = false;
    }

    private bool IsAt(StoreModel model) =>
        _store.CurrentRevision == model.Revision && _store.CompactRevision == model.CompactRevision
        && model.Leases.SequenceEqual(_store.Leases.ListAsync().Result);

    // Right after a restart no lease has run out. A lease may have been revoked and granted again.
    private bool HasTimesOf(StoreModel model) => model.Leases.All(id =>
        model.TimeToLiveSeconds(id) == _store.Leases.TimeToLiveAsync(id).Result.GrantedTimeToLiveSeconds);

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (SimulatedCrashException)
        {
            _hasCrashed = true;
        }
    }

    private void OnDiskChange(string operation)
    {
        if (_changesUntilCrash-- == 0)
        {
            throw new SimulatedCrashException();
        }
        if (_isFailing && operation == "sync")
        {
            throw new IOException("the simulated disk failed");
        }
    }

    private void OnFailpoint(Failpoint failpoint)
    {
        _isSynced |= failpoint == Failpoint.AfterSync;
        if (_failpoint == failpoint)
        {
            throw new SimulatedCrashException();
        }
    }
}

/// <summary>The simulated process dies here.</summary>
internal sealed class SimulatedCrashException() : Exception("the simulation crashes here");
