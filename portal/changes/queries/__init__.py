"""Reading changes, handover sheets and school years, each within the actor's organisations."""
