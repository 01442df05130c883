using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Probes;
using Keelson.Nodes.Resize;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Pods;

/// <summary>
/// Takes one pod through its life: reads what is, asks <see cref="PodStep"/>, does what it says, reports, and waits
/// until something changes or is due. One at a time; a pod that is to end interrupts what is under way.
/// </summary>
internal sealed class PodWorker : IAsyncDisposable
{
    private const string FullNode = "Node has reached its volume attachment limit, rejecting pod: ";
    private static readonly TimeSpan Resync = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly PodServices _services;
    private readonly PodStatusWriter _writer;
    private readonly PodExecutor _executor;
    private readonly PodProbes _probes;
    private readonly ResizeRun _resize;
    private readonly HashSet<string> _wereReady = new(StringComparer.Ordinal);
    private readonly WakeUps _wake;
    private readonly LatestPicture _picture;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;
    private readonly PodStartWatch _start;
    private volatile Pod _pod;
    private volatile bool _isRemoved;
    private volatile PodVerdict? _verdict;
    private PodStatus _status;
    private PodStage _stage = PodStage.Running;
    private bool _isAdmitted;
    private bool _isRefused;
    private int _failures;
    private long? _endsWithin;

    /// <summary>Takes a pod up.</summary>
    public PodWorker(Pod pod, PodServices services, PodStatusWriter writer)
    {
        _pod = pod;
        _services = services;
        _writer = writer;
        _status = pod.Status;
        _wake = new(services.Context.Clock);
        _picture = new(services.Pictures);
        _executor = new(services);
        _resize = new(services);
        _probes = new(services.Probes, services.Events, services.Context, Wake);
        _start = new(pod, services.Context);
        foreach (ContainerStatus one in pod.Status.ContainerStatuses)
        {
            if (one.Ready)
            {
                _wereReady.Add(one.ContainerID[(one.ContainerID.IndexOf("://", StringComparison.Ordinal) + 3)..]);
            }
        }

        _running = Task.Run(RunAsync);
    }

    /// <summary>Completes when the pod is gone, or the worker ends.</summary>
    public Task Completion => _running;

    /// <summary>True when nothing of the pod is on the node any more.</summary>
    public bool IsGone => _stage == PodStage.Gone;

    /// <summary>True while the pod is to run.</summary>
    public bool IsActive => _stage == PodStage.Running && _verdict is null && !_isRemoved;

    /// <summary>True when nothing of the pod runs or is in place.</summary>
    public bool IsCleanedUp => _stage >= PodStage.Finished;

    /// <summary>The pod with the status that was computed last.</summary>
    public Pod Current => _pod with { Status = _status };

    /// <summary>Takes in a newer version of the pod.</summary>
    public void Update(Pod pod)
    {
        PodWarnings.TellOfChange(_services.Events, _pod, pod);
        if (!LatestPicture.OutlivesChange(_pod, pod))
        {
            _picture.Distrust();
        }

        _pod = pod;
        _start.IsUpdated = true;
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            _ending.Cancel();
        }

        _wake.Call();
    }

    /// <summary>Says that the API no longer has the pod.</summary>
    public void Remove()
    {
        _isRemoved = true;
        _ending.Cancel();
        Wake();
    }

    /// <summary>Ends the pod for a reason of the node's.</summary>
    /// <param name="verdict">The reason.</param>
    /// <param name="graceSeconds">How long its containers may take; null for as long as the pod says.</param>
    public void End(PodVerdict verdict, long? graceSeconds)
    {
        _endsWithin = graceSeconds;
        _verdict = verdict;
        _ending.Cancel();
        Wake();
        _ = PodWarnings.WhenLateAsync(_services, _pod, graceSeconds, () => _stage >= PodStage.Ended, _stop.Token);
    }

    /// <summary>Looks at the pod again, and at what the runtime has of it.</summary>
    public void Wake()
    {
        _picture.Distrust();
        _wake.Call();
    }

    /// <summary>Lets go of the pod; what runs of it runs on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _probes.DisposeAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            while (_stage != PodStage.Gone)
            {
                TimeSpan wait = await LookAsync();
                if (_stage != PodStage.Gone
                    && (wait <= TimeSpan.Zero || !await _wake.WaitAsync(wait < Resync ? wait : Resync, _stop.Token)))
                {
                    _picture.Distrust();
                }
            }

            await _probes.DisposeAsync();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The agent ends.
        }
    }

    /// <summary>One turn; the result says how long the next one can wait.</summary>
    private async Task<TimeSpan> LookAsync()
    {
        try
        {
            TimeSpan wait = await _start.MeasureAsync(_stage, StepAsync);
            _failures = 0;
            return wait;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            // The pod is to end; what was under way is left.
            return TimeSpan.Zero;
        }
        catch (Exception exception)
        {
            _picture.Distrust();
            PodWarnings.TellOfFailure(_services, _pod, _stage, exception);
        }

        TimeSpan retry = FirstRetry * Math.Pow(2, Math.Min(_failures++, 10));
        return retry < LongestRetry ? retry : LongestRetry;
    }

    private async Task<TimeSpan> StepAsync()
    {
        Pod pod = _pod;
        if (_isRemoved && _stage == PodStage.Running)
        {
            _stage = PodStage.Ending;
        }

        if (!_isAdmitted && _stage == PodStage.Running)
        {
            _verdict ??= pod.Metadata.DeletionTimestamp is null && pod.Status.Phase is "" or PodPhase.Pending
                ? await RefusalAsync(pod)
                : null;
            _isAdmitted = true;
        }

        pod = _resize.Take(pod, isRunning: _stage == PodStage.Running && _verdict is null);
        PodPicture picture = await PictureAsync();
        _probes.Follow(pod, picture, _wereReady, IsEnding);
        PodStepResult step = Step(pod, picture);
        return _stage switch
        {
            PodStage.Running => await WorkAsync(pod, picture, step),
            PodStage.Ending => await EndAsync(pod, picture),
            PodStage.Ended => await TakeApartAsync(pod, picture),
            _ => await FinishAsync(pod, picture),
        };
    }

    private Task<PodPicture> PictureAsync() => _picture.ReadAsync(_pod.Metadata.Uid, _stop.Token);

    private bool IsEnding =>
        _stage != PodStage.Running || _verdict is not null || _pod.Metadata.DeletionTimestamp is not null;

    private async Task<PodVerdict?> RefusalAsync(Pod pod) =>
        await _services.Admission.CheckAsync(pod, _stop.Token) is { } refusal ? Refused(pod, refusal) : null;

    private PodVerdict Refused(Pod pod, PodVerdict refusal)
    {
        _isRefused = true;
        _services.Context.Metrics.Pods.Rejected(refusal.Reason);
        _services.Events.Warning(pod, refusal.Reason, refusal.Message);
        return refusal with { Message = "Pod was rejected: " + refusal.Message };
    }

    private PodStepResult Step(Pod pod, PodPicture picture)
    {
        PodStepResult step = PodStep.Compute(_stage, new StatusInput
        {
            Pod = pod,
            Picture = picture,
            Before = _status,
            Probes = _probes.Results,
            Waiting = _executor.Waiting,
            HostAddresses = _services.HostAddresses(),
            Verdict = _verdict,
            IsRefused = _isRefused,
            DeviceHealth = _services.Placements.HealthOf(pod),
            Actuated = _services.Resizing.Actuated(pod.Metadata.Uid),
            Resize = _resize.Conditions,
            RuntimeName = _services.RuntimeName,
            KnowsRecursiveReadOnly = _executor.KnowsRecursiveReadOnly(pod),
            Now = _services.Context.Clock.GetUtcNow(),
        });
        if (step.Verdict is { } verdict && _verdict is null)
        {
            _verdict = verdict;
            _services.Events.Normal(pod, verdict.Reason, verdict.Message);
        }

        _stage = step.Stage;
        _status = step.Status;
        _start.Look(_status);
        if (!_isRemoved)
        {
            _writer.Write(pod, _status);
        }

        return step;
    }

    private async Task<TimeSpan> WorkAsync(Pod pod, PodPicture picture, PodStepResult step)
    {
        TimeSpan wait = step.Next is { } next ? next - _services.Context.Clock.GetUtcNow() : Resync;
        using CancellationTokenSource both =
            CancellationTokenSource.CreateLinkedTokenSource(_ending.Token, _stop.Token);
        bool hasGroup = !step.Plan.HasWork || await _resize.SetUpGroupAsync(pod, step.Plan, both.Token);
        string? missing = hasGroup ? await _services.Volumes.SetUpAsync(pod, both.Token) : null;
        if (!hasGroup || missing is not null)
        {
            if (hasGroup && await _services.Volumes.IsNodeFullAsync(pod.Metadata.Uid, both.Token))
            {
                _verdict = Refused(pod, new("VolumeAttachmentLimitExceeded", FullNode + missing));
                return TimeSpan.Zero;
            }

            TimeSpan retry = FirstRetry * 2 * Math.Pow(2, Math.Min(_failures++, 8));
            return retry < wait ? retry : wait;
        }

        if (!step.Plan.HasWork)
        {
            return await _resize.FinishAsync(pod, both.Token) ? TimeSpan.Zero : wait;
        }

        if (step.Plan.Resizes)
        {
            if (await _resize.RunAsync(pod, picture, step.Plan, both.Token) is not { } pause)
            {
                return TimeSpan.Zero;
            }

            wait = pause < wait ? pause : wait;
        }

        _picture.Distrust();
        if (await _executor.ExecuteAsync(pod, step.Plan, picture, both.Token) is not { HasProgressed: false } work)
        {
            return TimeSpan.Zero;
        }

        // Why containers wait is known only now.
        Step(pod, picture);
        return work.RetryAfter < wait ? work.RetryAfter.Value : wait;
    }

    /// <summary>Ends what runs. A grace period that becomes shorter meanwhile counts.</summary>
    private async Task<TimeSpan> EndAsync(Pod pod, PodPicture picture)
    {
        using CancellationTokenSource sooner = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        Task kill = _services.Killer.KillAsync(pod, picture, GraceOf(pod), sooner.Token);
        while (!kill.IsCompleted)
        {
            await Task.WhenAny(kill, _wake.SeenAsync(_stop.Token));
            _stop.Token.ThrowIfCancellationRequested();
            if (kill.IsCompleted)
            {
                break;
            }

            _wake.Take();
            if (GraceOf(_pod) < GraceOf(pod))
            {
                await sooner.CancelAsync();
                await kill.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return TimeSpan.Zero;
            }

            PodPicture now = await PictureAsync();
            _probes.Follow(_pod, now, _wereReady, IsEnding);
            Step(_pod, now);
        }

        await kill;
        _picture.Distrust();
        PodPicture left = await PictureAsync();
        if (left.HasRunning || left.Sandboxes.Any(static one => one.IsReady))
        {
            return FirstRetry;
        }

        _stage = PodStage.Ended;
        return TimeSpan.Zero;
    }

    private long GraceOf(Pod pod) => PodKiller.GraceOf(pod, _endsWithin);

    private async Task<TimeSpan> TakeApartAsync(Pod pod, PodPicture picture)
    {
        _probes.Follow(pod, picture, _wereReady, IsEnding);
        if (await _services.Volumes.TearDownAsync(pod.Metadata.Uid, _stop.Token) is { } left)
        {
            _services.Context.Log($"pod {PodNames.Text(pod)}: {left}");
            return FirstRetry * Math.Pow(2, Math.Min(_failures++, 8));
        }

        if (await _services.Dynamic.UnprepareAsync(pod.Metadata.Uid, _stop.Token) is { } prepared)
        {
            _services.Context.Log($"pod {PodNames.Text(pod)}: {prepared}");
            return FirstRetry * Math.Pow(2, Math.Min(_failures++, 8));
        }

        await _resize.TearDownGroupAsync(pod, _stop.Token);
        _services.Placements.Release(pod.Metadata.Uid);
        _services.UserNamespaces.Release(pod.Metadata.Uid);
        _stage = PodStage.Finished;
        return TimeSpan.Zero;
    }

    /// <summary>Nothing is left but containers that ended, which go when the pod does.</summary>
    private async Task<TimeSpan> FinishAsync(Pod pod, PodPicture picture)
    {
        if (!_isRemoved && _pod.Metadata.DeletionTimestamp is null)
        {
            return Resync;
        }

        if (!_isRemoved)
        {
            await _writer.DeleteAsync(pod, _status, _stop.Token);
        }

        // The runtime's containers go last: by them an agent that is started anew knows that something is left.
        PodNames.RemoveLogs(_services.Context.PodLogsDirectory, pod.Metadata.Uid);
        await _services.Killer.RemoveAsync(picture, _stop.Token);
        _writer.Forget(pod.Metadata.Uid);
        _services.Resizing.Forget(pod.Metadata.Uid);
        _stage = PodStage.Gone;
        return TimeSpan.Zero;
    }
}
