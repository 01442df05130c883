namespace Keelson.Api.Core.V1;

/// <summary>The values of TerminationMessagePolicy.</summary>
public static class TerminationMessagePolicy
{
    public const string FallbackToLogsOnError = "FallbackToLogsOnError";
    public const string File = "File";
}
