namespace Keelson.Server.Admission.AlwaysAdmit;

/// <summary>Has nothing against anything; upstream keeps it for configurations that name it.</summary>
internal sealed class AlwaysAdmitPlugin : IAdmissionPlugin
{
    public string Name => "AlwaysAdmit";

    public bool Handles(AdmissionOperation operation) => false;
}
