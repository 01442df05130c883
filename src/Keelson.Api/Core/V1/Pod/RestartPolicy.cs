namespace Keelson.Api.Core.V1;

/// <summary>The values of RestartPolicy.</summary>
public static class RestartPolicy
{
    public const string Always = "Always";
    public const string Never = "Never";
    public const string OnFailure = "OnFailure";
}
