using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Probe
{
    /// <summary>A liveness or startup probe: one success is enough for it.</summary>
    internal void ValidateOfOneSuccess(long? gracePeriod, FieldPath path, FieldErrors errors)
    {
        Validate(gracePeriod, path, errors);
        if (SuccessThreshold != 1)
        {
            errors.Invalid(path.Child("successThreshold"), SuccessThreshold, "must be 1");
        }
    }

    /// <summary>A readiness probe: it never ends a container, so it has no grace period.</summary>
    internal void ValidateOfReadiness(long? gracePeriod, FieldPath path, FieldErrors errors)
    {
        Validate(gracePeriod, path, errors);
        if (TerminationGracePeriodSeconds is { } seconds)
        {
            errors.Invalid(path.Child("terminationGracePeriodSeconds"), seconds, "must not be set for readinessProbes");
        }
    }

    private void Validate(long? gracePeriod, FieldPath path, FieldErrors errors)
    {
        new HandlerRules(ProbeHandler.Exec, ProbeHandler.HttpGet, ProbeHandler.TcpSocket, ProbeHandler.Grpc, null)
            .Validate(gracePeriod, path, errors);
        errors.Nonnegative(path, "initialDelaySeconds", InitialDelaySeconds);
        errors.Nonnegative(path, "timeoutSeconds", TimeoutSeconds);
        errors.Nonnegative(path, "periodSeconds", PeriodSeconds);
        errors.Nonnegative(path, "successThreshold", SuccessThreshold);
        errors.Nonnegative(path, "failureThreshold", FailureThreshold);
        if (TerminationGracePeriodSeconds is <= 0)
        {
            errors.Invalid(
                path.Child("terminationGracePeriodSeconds"), TerminationGracePeriodSeconds.Value,
                "must be greater than 0");
        }
    }
}

public sealed partial record Lifecycle
{
    internal void Validate(long? gracePeriod, FieldPath path, FieldErrors errors)
    {
        if (PostStart is { } start)
        {
            new HandlerRules(start.Exec, start.HttpGet, start.TcpSocket, null, start.Sleep)
                .Validate(gracePeriod, path.Child("postStart"), errors);
        }

        if (PreStop is { } stop)
        {
            new HandlerRules(stop.Exec, stop.HttpGet, stop.TcpSocket, null, stop.Sleep)
                .Validate(gracePeriod, path.Child("preStop"), errors);
        }
    }
}

/// <summary>What a probe or a hook does: exactly one of these.</summary>
internal readonly record struct HandlerRules(
    ExecAction? Exec, HTTPGetAction? HttpGet, TCPSocketAction? TcpSocket, GRPCAction? Grpc, SleepAction? Sleep)
{
    private const string SecondHandler = "may not specify more than 1 handler type";

    public void Validate(long? gracePeriod, FieldPath path, FieldErrors errors)
    {
        int handlers = 0;
        if (Exec is { } exec && IsFirst(ref handlers, path, "exec", errors) && exec.Command.Count == 0)
        {
            errors.Required(path.Child("exec").Child("command"), "");
        }

        if (HttpGet is { } http && IsFirst(ref handlers, path, "httpGet", errors))
        {
            ValidateHttpGet(http, path.Child("httpGet"), errors);
        }

        if (TcpSocket is { } tcp && IsFirst(ref handlers, path, "tcpSocket", errors))
        {
            ValidatePort(tcp.Port, path.Child("tcpSocket").Child("port"), errors);
        }

        if (Grpc is { } grpc && IsFirst(ref handlers, path, "grpc", errors))
        {
            ValidatePort(grpc.Port, path.Child("grpc").Child("port"), errors);
        }

        if (Sleep is { } sleep && IsFirst(ref handlers, path, "sleep", errors)
            && gracePeriod is { } longest && (sleep.Seconds < 0 || sleep.Seconds > longest))
        {
            errors.Invalid(
                path.Child("sleep"), sleep.Seconds,
                $"must be non-negative and less than terminationGracePeriodSeconds ({longest})");
        }

        if (handlers == 0)
        {
            errors.Required(path, "must specify a handler type");
        }
    }

    private static bool IsFirst(ref int handlers, FieldPath path, string field, FieldErrors errors)
    {
        if (handlers > 0)
        {
            errors.Forbidden(path.Child(field), SecondHandler);
            return false;
        }

        handlers++;
        return true;
    }

    private static void ValidateHttpGet(HTTPGetAction http, FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "path", http.Path);
        ValidatePort(http.Port, path.Child("port"), errors);
        errors.OneOf(path.Child("scheme"), http.Scheme, URIScheme.HTTP, URIScheme.HTTPS);
        foreach (HTTPHeader header in http.HttpHeaders)
        {
            errors.InvalidEach(path.Child("httpHeaders"), header.Name, ContentRules.HttpHeaderName(header.Name));
        }
    }

    private static void ValidatePort(IntOrString port, FieldPath path, FieldErrors errors)
    {
        if (port.IsText)
        {
            errors.InvalidEach(path, port.Text, ContentRules.PortName(port.Text));
        }
        else
        {
            errors.InvalidEach(path, port.Number, ContentRules.PortNumber(port.Number));
        }
    }
}
