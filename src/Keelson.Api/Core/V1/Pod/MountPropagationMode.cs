namespace Keelson.Api.Core.V1;

/// <summary>The values of MountPropagationMode.</summary>
public static class MountPropagationMode
{
    public const string Bidirectional = "Bidirectional";
    public const string HostToContainer = "HostToContainer";
    public const string None = "None";
}
