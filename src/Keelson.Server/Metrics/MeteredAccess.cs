using System.Diagnostics;
using Keelson.Api.Meta.V1;
using Keelson.Server.Admission;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;

namespace Keelson.Server.Metrics;

/// <summary>Counts and times authentication.</summary>
internal sealed class MeteredAuthenticator(IRequestAuthenticator inner, AccessMetrics metrics) : IRequestAuthenticator
{
    /// <inheritdoc/>
    public async ValueTask<AuthenticationOutcome> AuthenticateAsync(
        AuthenticationRequest request, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        AuthenticationOutcome outcome = await inner.AuthenticateAsync(request, cancellation);
        string result = outcome.IsAuthenticated ? "success" : outcome.IsFailed ? "error" : "failure";
        metrics.Authenticated(result, outcome.User?.Name, Stopwatch.GetElapsedTime(start).TotalSeconds);
        return outcome;
    }
}

/// <summary>Counts and times authorization.</summary>
internal sealed class MeteredAuthorizer(IAuthorizer inner, AccessMetrics metrics) : IAuthorizer
{
    /// <inheritdoc/>
    public async ValueTask<AuthorizationDecision> AuthorizeAsync(
        AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        AuthorizationDecision decision = await inner.AuthorizeAsync(attributes, cancellation);
        string result = decision.Verdict switch
        {
            AuthorizationVerdict.Allow => "allowed",
            AuthorizationVerdict.Deny => "denied",
            _ => decision.Error is null ? "no-opinion" : "error",
        };
        metrics.Authorized(result, Stopwatch.GetElapsedTime(start).TotalSeconds);
        return decision;
    }
}

/// <summary>Times an admission plugin.</summary>
internal sealed class MeteredAdmissionPlugin(IAdmissionPlugin inner, AccessMetrics metrics) : IAdmissionPlugin
{
    // By operation, then refused or not; kept, since every write asks every plugin.
    private readonly Histogram?[] _admissions = new Histogram?[2 * OperationNames.Length];
    private readonly Histogram?[] _validations = new Histogram?[2 * OperationNames.Length];

    private static string[] OperationNames { get; } = ["CREATE", "UPDATE", "DELETE", "CONNECT"];

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <summary>The chain with each of its plugins timed.</summary>
    public static AdmissionChain Around(AdmissionChain chain, AccessMetrics metrics) =>
        new([.. chain.Plugins.Select(one => new MeteredAdmissionPlugin(one, metrics))]);

    /// <inheritdoc/>
    public bool Handles(AdmissionOperation operation) => inner.Handles(operation);

    /// <inheritdoc/>
    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        return MeteredAsync(
            inner.AdmitAsync(context, cancellationToken), _admissions, "admit", context.Operation, start);
    }

    /// <inheritdoc/>
    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        return MeteredAsync(
            inner.ValidateAsync(context, cancellationToken), _validations, "validate", context.Operation, start);
    }

    /// <summary>Most plugins have their answer at once; only those that don't are worth a state machine.</summary>
    private ValueTask<Status?> MeteredAsync(
        ValueTask<Status?> answer, Histogram?[] series, string type, AdmissionOperation operation, long start)
    {
        if (!answer.IsCompletedSuccessfully)
        {
            return AwaitedAsync(answer, series, type, operation, start);
        }

        Status? refusal = answer.Result;
        Record(series, type, operation, refusal, start);
        return new(refusal);
    }

    private async ValueTask<Status?> AwaitedAsync(
        ValueTask<Status?> answer, Histogram?[] series, string type, AdmissionOperation operation, long start)
    {
        Status? refusal = await answer;
        Record(series, type, operation, refusal, start);
        return refusal;
    }

    private void Record(Histogram?[] series, string type, AdmissionOperation operation, Status? refusal, long start)
    {
        int index = ((int)operation * 2) + (refusal is null ? 0 : 1);
        Histogram histogram = series[index] ??= metrics.AdmissionPlugin(
            Name, type, OperationNames[(int)operation], refusal is not null);
        histogram.Observe(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
