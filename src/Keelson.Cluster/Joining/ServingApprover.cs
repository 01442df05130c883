using System.Net;
using System.Threading.Channels;
using Keelson.Api.Certificates.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Machinery.Values;

namespace Keelson.Cluster.Joining;

/// <summary>
/// Approves the serving certificates of the cluster's own nodes. Requests that are in doubt are looked at again when
/// nodes change, as a node asks before its addresses are known.
/// </summary>
internal sealed class ServingApprover : IAsyncDisposable
{
    private readonly IInformer<CertificateSigningRequest> _requests;
    private readonly IInformer<Node> _nodes;
    private readonly ServingApproval _rules;
    private readonly ServingApproverConfig _config;
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Task _running;

    /// <summary>Begins.</summary>
    public ServingApprover(IInformers informers, ServingApproval rules, ServingApproverConfig config)
    {
        (_rules, _config) = (rules, config);
        _requests = informers.Of<CertificateSigningRequest>();
        _nodes = informers.Of<Node>();
        _requests.Subscribe((_, now) => Wake(now is not null && ServingApproval.IsOpen(now)));
        _nodes.Subscribe((old, now) => Wake(old?.Status.Addresses != now?.Status.Addresses));
        _running = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private void Wake(bool isNews)
    {
        if (isNews)
        {
            _wake.Writer.TryWrite(true);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _wake.Reader.WaitToReadAsync(_stop.Token))
            {
                _wake.Reader.TryRead(out _);
                await LookAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task LookAsync()
    {
        CertificateSigningRequest[] open = [.. _requests.List().Where(ServingApproval.IsOpen)];
        foreach (string gone in _told.Keys.Except(open.Select(static one => one.Metadata.Name)).ToArray())
        {
            _told.Remove(gone);
        }

        if (open.Length == 0)
        {
            return;
        }

        ServingApproval now = _rules with { Nodes = [.. _nodes.List()] };
        foreach (CertificateSigningRequest one in open)
        {
            if (!now.Knows(one))
            {
                // A node asks before it is registered.
                continue;
            }

            if ((now.Objection(one) ?? await ApproveAsync(one)) is { } objection
                && _told.GetValueOrDefault(one.Metadata.Name) != objection)
            {
                _told[one.Metadata.Name] = objection;
                _config.Log($"certificate signing request {one.Metadata.Name} waits for an administrator: {objection}");
            }
        }
    }

    private async Task<string?> ApproveAsync(CertificateSigningRequest request)
    {
        Time now = Time.Now(_config.Clock);
        CertificateSigningRequestCondition approval = new()
        {
            Type = RequestConditionType.Approved,
            Status = "True",
            Reason = "AutoApproved",
            Message = "Auto approving kubelet serving certificate whose names and addresses are the node's own.",
            LastUpdateTime = now,
            LastTransitionTime = now,
        };
        CertificateSigningRequest approved = request with
        {
            Status = request.Status with { Conditions = request.Status.Conditions.Append(approval).ToApiList() },
        };
        Status? error = (await _config.Client.UpdateAsync(approved, _stop.Token, "approval")).Error;

        // What changed meanwhile comes again by itself.
        return error is null or { Code: 404 or 409 } ? null : error.Message;
    }
}

/// <summary>What an approver works with.</summary>
internal sealed record ServingApproverConfig
{
    /// <summary>Who may approve.</summary>
    public required IApiClient Client { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where it is said what waits for an administrator.</summary>
    public required Action<string> Log { get; init; }
}
